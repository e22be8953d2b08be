// The station's screen looks again by itself; without this script the link does it. Only the part that changes is put in, and
// not while somebody reads in it by keyboard.
"use strict";
const stations = document.getElementById("stations");
if (stations) {
  const stale = document.getElementById("stale");
  const look = async () => {
    try {
      const answer = await fetch(location.href, { signal: AbortSignal.timeout(20000) });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("stations");
      if (fresh && !stations.contains(document.activeElement)) {
        const shut = [...stations.querySelectorAll("details")].map((one) => one.open);
        stations.replaceChildren(...fresh.childNodes);
        stations.querySelectorAll("details").forEach((one, index) => {
          if (index in shut) one.open = shut[index];
        });
        const head = document.querySelector(".review-head .small");
        const told = page.querySelector(".review-head .small");
        if (head && told) head.firstChild.textContent = told.firstChild.textContent;
      }
      stale.hidden = true;
    } catch {
      stale.hidden = false;
    }
    setTimeout(look, 3000);
  };
  setTimeout(look, 3000);
}
