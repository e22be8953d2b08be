// Search while somebody types: asks for the part of the page that changes, drops an answer that is overtaken, says how many
// there are, and leaves the cursor where it is. Without this script the form does it.
"use strict";
const search = document.getElementById("search");
if (search) {
  const input = search.elements.q;
  const found = document.getElementById("found");
  const count = document.getElementById("count");
  let asking = null;
  let timer = 0;
  let settled = true;
  let settling = 0;

  const wanted = () => {
    const all = new URLSearchParams(new FormData(search));
    for (const [name, value] of [...all]) if (!value && name !== "q") all.delete(name);
    return all;
  };

  const ask = async (typing) => {
    if (asking) asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const all = wanted();
    // In the address too: going back or loading it again finds the same.
    if (typing) all.set("typing", "1");
    const address = `${search.getAttribute("action")}?${all}`;
    found.classList.add("old");
    try {
      const answer = await fetch(`${search.dataset.fragment}?${all}`, { signal });
      const text = await answer.text();
      if (signal.aborted) return;
      const page = new DOMParser().parseFromString(text, "text/html");
      const list = page.querySelector("[data-count]");
      if (answer.ok && list) {
        found.replaceChildren(...page.body.childNodes);
        count.textContent = list.dataset.count;
      } else if (answer.redirected) {
        // The session has ended: the whole page asks to log in.
        location.assign(address);
        return;
      } else {
        const why = page.querySelector("[role=alert]");
        count.textContent = why ? why.textContent : search.dataset.failed;
      }
      found.classList.remove("old");
    } catch (error) {
      if (error.name === "AbortError") return;
      count.textContent = search.dataset.failed;
      found.classList.remove("old");
    }
    // What was looked at for a while is a step that the back button returns to; letters on the way are none.
    if (location.pathname + location.search !== address) {
      history[settled ? "pushState" : "replaceState"](null, "", address);
      settled = false;
    }
    clearTimeout(settling);
    settling = setTimeout(() => { settled = true; }, 1500);
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => ask(true), 120);
  });
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    settled = true;
    ask(false);
  });
  addEventListener("popstate", () => {
    const then = new URLSearchParams(location.search);
    const carried = ["type", "agency", "year", "unit", "order"];
    const same = carried.every((name) => (then.get(name) || "") === (search.elements[name]?.value || ""));
    if (!same || then.get("from")) {
      location.reload();
      return;
    }
    input.value = then.get("q") || "";
    settled = false;
    ask(then.has("typing"));
  });
}
