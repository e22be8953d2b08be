// Review by keyboard alone. The next fields and their pictures are fetched ahead; answers are sent behind, one after the
// other, and each is held (over a reload too) until the server has said that it is on disk. Without this script the same form
// takes one field a page.
"use strict";
const review = document.getElementById("review");
if (review) {
  const byId = (id) => document.getElementById(id);
  const say = review.dataset;
  const form = review.querySelector("form");
  const store = "saoy-review-" + say.login;
  let word = form.elements.form.value;
  let items = [];
  let at = 0;
  let more = true;
  let left = Number(byId("left").textContent);
  let looked = 0;
  // Answers that were not acknowledged yet, oldest first.
  let waiting = [];
  try {
    waiting = JSON.parse(sessionStorage.getItem(store)) || [];
  } catch {
    sessionStorage.removeItem(store);
  }
  const hold = () => sessionStorage.setItem(store, JSON.stringify(waiting));

  // Pictures, held as long as this page is open and never on disk.
  const pictures = new Map();
  const picture = (address) => {
    if (!pictures.has(address)) {
      const made = fetch(address)
        .then((answer) => (answer.ok ? answer.blob() : Promise.reject(new Error(String(answer.status)))))
        .then(
          (blob) =>
            new Promise((done, failed) => {
              const reader = new FileReader();
              reader.onload = () => done(reader.result);
              reader.onerror = failed;
              reader.readAsDataURL(blob);
            }),
        );
      made.catch(() => pictures.delete(address));
      pictures.set(address, made);
      if (pictures.size > 16) pictures.delete(pictures.keys().next().value);
    }
    return pictures.get(address);
  };

  const fetchMore = async () => {
    if (!more) return;
    more = false;
    const last = items.at(-1);
    const answer = await fetch("/review/items" + (last ? "?after=" + encodeURIComponent(last.key) : ""));
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    const ahead = await answer.json();
    word = ahead.form;
    const known = new Set(items.map((item) => item.key));
    items.push(...ahead.items.filter((item) => !known.has(item.key)));
    more = ahead.items.length > 0;
  };
  let coming = Promise.resolve();
  const lookAhead = () => {
    if (items.length - at < 12) fetchMore().catch(() => (more = true));
    // One after the other: answers must not wait behind pictures.
    for (const item of items.slice(at + 1, at + 9)) {
      if (!pictures.has(item.picture)) coming = coming.then(() => picture(item.picture)).catch(() => {});
    }
  };

  const status = (text, trouble) => {
    const line = byId("saving");
    line.textContent = text;
    line.classList.toggle("trouble", Boolean(trouble));
  };
  const told = () => {
    byId("left").textContent = String(Math.max(0, left));
    if (waiting.length) status(say.saving + " " + waiting.length + "…");
    else if (looked) status("✓ " + say.saved + " " + looked);
  };

  // An answer that the server refused: shown with what was typed until somebody looks at it again.
  const refused = (one, why) => {
    const line = document.createElement("li");
    line.append(say.refused + ": " + one.label + " “" + one.value + "”. " + why + " ");
    const link = document.createElement("a");
    link.href = "/review?item=" + encodeURIComponent(one.document + "/" + one.field);
    link.textContent = say.again;
    line.append(link);
    byId("refused").append(line);
  };
  const reason = async (answer) => {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const notice = page.querySelector("main .notice");
    return notice ? notice.textContent.trim() : "HTTP " + answer.status;
  };
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
  const freshWord = async () => {
    const answer = await fetch("/review/items?after=none");
    if (answer.ok && !answer.redirected) word = (await answer.json()).form;
    return answer.ok && !answer.redirected;
  };

  let sending = false;
  const send = async () => {
    if (sending) return;
    sending = true;
    let tries = 0;
    while (waiting.length) {
      const one = waiting[0];
      one.sent = true;
      told();
      let answer = null;
      try {
        answer = await fetch("/review/answer", {
          method: "POST",
          headers: { Accept: "application/json" },
          body: new URLSearchParams({ form: word, document: one.document, field: one.field, value: one.value, was: one.was }),
          signal: AbortSignal.timeout(60000),
        });
      } catch {
        answer = null;
      }
      if (answer && answer.ok && !answer.redirected) {
        waiting.shift();
        hold();
        const stored = await answer.json().catch(() => null);
        const item = items.find((known) => known.document === one.document && known.field === one.field);
        if (item && stored && item.given === one.value) item.given = stored.value;
        looked += 1;
        tries = 0;
        told();
        continue;
      }
      tries += 1;
      if (answer && [401, 403].includes(answer.status)) {
        // Another session may be open by now; its forms carry another word.
        const open = await freshWord().catch(() => false);
        if (open && tries > 2) {
          waiting.shift();
          hold();
          refused(one, await reason(answer));
          tries = 0;
        } else if (!open) {
          status(say.over, true);
          await pause(3000);
        }
        continue;
      }
      if (answer && answer.status >= 400 && answer.status < 500 && ![408, 429].includes(answer.status)) {
        waiting.shift();
        hold();
        left += 1;
        refused(one, await reason(answer));
        tries = 0;
        told();
        continue;
      }
      // A station that reads a batch holds its folder: then the server says what is waited for.
      const why = answer && answer.status === 503 ? await reason(answer).catch(() => "") : "";
      status((why || say.gone) + " (" + waiting.length + ")", true);
      await pause(Math.min(15000, 500 * 2 ** Math.min(tries, 5)));
    }
    sending = false;
    told();
  };
  addEventListener("beforeunload", (event) => {
    if (waiting.length) event.preventDefault();
  });

  // Short values have one line, long ones several.
  let input = byId("value");
  const field = (long, value, choices) => {
    const tag = long ? "TEXTAREA" : "INPUT";
    if (input.tagName !== tag) {
      const other = document.createElement(tag);
      other.id = "value";
      other.name = "value";
      other.spellcheck = false;
      if (long) other.rows = 3;
      input.replaceWith(other);
      input = other;
      listen();
    }
    if (choices) input.setAttribute("list", "choices");
    else input.removeAttribute("list");
    input.value = value;
  };

  const draw = (svg, item, view, address) => {
    svg.setAttribute("viewBox", view.join(" "));
    const image = svg.querySelector("image");
    image.setAttribute("width", item.width);
    image.setAttribute("height", item.height);
    if (address) image.setAttribute("href", address);
    else image.removeAttribute("href");
    svg.dataset.of = address ? item.picture : "";
    let mark = svg.querySelector("rect");
    if (!item.mark) {
      if (mark) mark.remove();
      return;
    }
    if (!mark) {
      mark = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      mark.setAttribute("class", "mark");
      svg.append(mark);
    }
    ["x", "y", "width", "height"].forEach((name, index) => mark.setAttribute(name, item.mark[index]));
  };
  const show = () => {
    const item = items[at];
    if (!item) return;
    byId("end").hidden = true;
    byId("label").textContent = item.label;
    byId("whole").textContent = item.name;
    byId("whole").href = "/review/document/" + item.document + "?page=" + item.page;
    byId("where").textContent = say.page + " " + item.page + "/" + item.pages;
    byId("why").textContent = item.why;
    byId("text").textContent = item.text;
    byId("read").hidden = !item.text;
    byId("choices").replaceChildren(
      ...item.choices.map(([code, name]) => {
        const option = document.createElement("option");
        option.value = code;
        option.textContent = name;
        return option;
      }),
    );
    field(item.long, item.given ?? item.value, item.choices.length);
    label();
    input.focus();
    input.setSelectionRange(input.value.length, input.value.length);
    const views = [
      [byId("crop"), item.crop],
      [byId("page"), [0, 0, item.width, item.height]],
    ];
    const shown = (address) => {
      if (items[at] !== item) return;
      delete review.dataset.loading;
      for (const [svg, view] of views) draw(svg, item, view, address);
    };
    const [first] = views[0];
    if (first.dataset.of === item.picture) {
      // Another place on the same page.
      shown(first.querySelector("image").getAttribute("href"));
    } else {
      // Until the picture is there, the place must not be shown over another page.
      review.dataset.loading = "1";
      for (const [svg, view] of views) draw(svg, item, view, "");
      // A picture that cannot be had ahead is left to the browser.
      picture(item.picture).then(shown, () => shown(item.picture));
    }
    lookAhead();
  };

  const label = () => {
    const item = items[at];
    if (!item) return;
    const value = input.value.trim();
    const same = value === (item.given ?? item.value).trim();
    byId("accept").textContent = !value ? say.none : same ? say.accept : say.correct;
  };
  const next = async () => {
    if (at + 1 >= items.length) await fetchMore().catch(() => (more = true));
    if (at + 1 < items.length) {
      at += 1;
      show();
      return;
    }
    const end = byId("end");
    end.textContent = left > 0 ? say.end : say.done;
    end.hidden = false;
    lookAhead();
  };
  const accept = () => {
    const item = items[at];
    if (!item) return;
    const value = input.value.trim().replace(/\s+/g, " ");
    const stood = item.given ?? item.value;
    const later = waiting.find((one) => !one.sent && one.document === item.document && one.field === item.field);
    if (later) later.value = value;
    else waiting.push({ document: item.document, field: item.field, label: item.label, value, was: stood });
    if (item.given === undefined) left -= 1;
    item.given = value;
    hold();
    send();
    next();
  };
  const back = () => {
    if (at === 0) return;
    at -= 1;
    show();
  };
  const large = () => {
    const on = review.classList.toggle("large");
    byId("large").setAttribute("aria-pressed", String(on));
    input.focus();
  };
  const key = (event) => {
    // Vietnamese is typed through methods that use Enter and Esc themselves.
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (event.repeat) return;
      if (event.shiftKey) back();
      else if (event.ctrlKey || event.metaKey) next();
      else accept();
    } else if (event.key === "Escape") {
      input.value = items[at] ? items[at].value : input.value;
      label();
    }
  };
  const listen = () => {
    input.addEventListener("keydown", key);
    input.addEventListener("input", label);
  };

  const start = async () => {
    const answer = await fetch("/review/items?from=" + encodeURIComponent(say.key));
    if (!answer.ok || answer.redirected) return;
    const ahead = await answer.json();
    // One that was asked for by its address may wait no more: then the form does without the script.
    if (!ahead.items.length || ahead.items[0].key !== say.key) return;
    items = ahead.items;
    word = ahead.form;
    listen();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter && event.submitter.value === "skip") next();
      else accept();
    });
    byId("back").addEventListener("click", (event) => {
      event.preventDefault();
      back();
    });
    byId("large").hidden = false;
    byId("large").addEventListener("click", large);
    addEventListener("keydown", (event) => {
      if (event.key === "F2") {
        event.preventDefault();
        large();
      }
    });
    byId("keys").hidden = false;
    review.dataset.ready = "1";
    show();
  };
  // What was not acknowledged before a reload goes first.
  if (waiting.length) {
    waiting.forEach((one) => (one.sent = false));
    send();
  }
  start().catch(() => {});
}
