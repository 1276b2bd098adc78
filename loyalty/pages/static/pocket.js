// The card as the phone keeps it: as soon as there is a network again, show the card of now.

window.addEventListener("online", () => window.location.assign("/app/"));
