// Scan and text side by side: a word that is pointed at, or reached by the arrow keys, lights up in both; so does the place of
// a field that is being typed in. Without this script both are there and do not light up.
"use strict";
const scan = document.getElementById("scan");
const text = document.getElementById("text");
if (scan && text) {
  const place = (name, value) => scan.querySelector("rect[data-" + name + '="' + CSS.escape(value) + '"]');
  const words = [...text.querySelectorAll("[data-word]")];
  let lit = [];
  let at = -1;
  const light = (parts) => {
    lit.forEach((part) => part.classList.remove("lit"));
    lit = parts.filter(Boolean);
    lit.forEach((part) => part.classList.add("lit"));
  };
  const word = (number) => {
    const shown = words.find((one) => one.dataset.word === number);
    light([shown, place("word", number)]);
    return shown;
  };
  scan.addEventListener("pointermove", (event) => {
    const number = event.target.dataset ? event.target.dataset.word : undefined;
    if (number) {
      const shown = word(number);
      if (shown) shown.scrollIntoView({ block: "nearest" });
    }
  });
  text.addEventListener("pointerover", (event) => {
    const number = event.target.dataset.word;
    if (number) word(number);
  });
  text.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !words.length) return;
    event.preventDefault();
    at = Math.min(words.length - 1, Math.max(0, at + step));
    const shown = word(words[at].dataset.word);
    shown.scrollIntoView({ block: "nearest" });
    text.setAttribute("aria-label", shown.textContent);
  });
  document.querySelectorAll(".field-row").forEach((row) => {
    const on = () => light([row, place("field", row.dataset.field)]);
    row.addEventListener("focusin", on);
    row.addEventListener("pointerenter", on);
  });
  scan.addEventListener("pointerover", (event) => {
    const name = event.target.dataset ? event.target.dataset.field : undefined;
    if (name) light([event.target, document.querySelector('.field-row[data-field="' + CSS.escape(name) + '"]')]);
  });
}
