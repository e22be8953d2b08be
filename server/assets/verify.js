// The verify page without a reload of its own: a dropped file is sent at once, and a result that is still being filled up
// is looked at again. Without this script the same form and the same link do it.
"use strict";
const drop = document.getElementById("drop");
if (drop) {
  const input = drop.querySelector("input[type=file]");
  const send = () => {
    if (!input.files.length) return;
    drop.querySelector("[role=status]").textContent = drop.dataset.waiting;
    drop.classList.add("busy");
    drop.submit();
  };
  input.addEventListener("change", send);
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("over");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      send();
    }
  });
  // The way back from a result shows a form that can be used again.
  addEventListener("pageshow", () => drop.classList.remove("busy"));
}
const reading = document.getElementById("reading");
if (reading) {
  // Only the part that changes is put in, so that whoever reads is not thrown to the top.
  const look = async () => {
    try {
      const answer = await fetch(location.href);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (!page.getElementById("reading")) {
        document.querySelector("main").replaceChildren(...page.querySelector("main").childNodes);
        return;
      }
    } catch {
      // The server may be busy; the link stays.
    }
    setTimeout(look, 1500);
  };
  setTimeout(look, 1500);
}
