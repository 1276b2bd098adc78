// Draws letters as mail programs do: in a room of their own, with their own styles.
//
// The page's content-security policy refuses style attributes, so the server sends them aside as
// data-style; setting them from a script is allowed. Nothing in a letter can run.

/** Draw every letter under `root` that is not drawn yet. */
export function drawLetters(root = document) {
  for (const host of root.querySelectorAll("[data-mail]")) draw(host);
}

function draw(host) {
  const letter = new DOMParser().parseFromString(host.dataset.mail, "text/html");
  const room = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const paper = document.createElement("div");
  paper.append(...letter.body.childNodes);
  for (const element of paper.querySelectorAll("[data-style]")) {
    element.style.cssText = element.dataset.style;
    element.removeAttribute("data-style");
  }
  for (const link of paper.querySelectorAll("a[href]")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  room.replaceChildren(paper);
  host.classList.add("mail--drawn");
}

drawLetters();
