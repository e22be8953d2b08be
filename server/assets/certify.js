// Looks how far something is that is done behind the page, and goes on when it is done. Without this script the page does so by
// itself every few seconds.
"use strict";
const look = async () => {
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = await answer.text();
    const now = new DOMParser().parseFromString(page, "text/html").getElementById("reading");
    if (answer.redirected || !now) {
      location.replace(answer.url);
      return;
    }
    const shown = document.getElementById("reading");
    if (shown.textContent !== now.textContent) {
      shown.replaceChildren(...now.childNodes);
    }
  } catch {
    // The server may be busy; the link stays.
  }
  setTimeout(look, 1000);
};
setTimeout(look, 800);
