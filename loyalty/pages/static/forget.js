// Nobody is signed in here: nothing of anybody stays, whatever the browser did with our header.

if ("caches" in window) caches.delete("palier-app-pocket");
