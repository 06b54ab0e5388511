// The counter without waiting: each press is sent while the page stays, and what changed is put in its place. Without
// this script the forms work as they stand. A press that got no answer is sent again with the same nonce until there is
// one, so that a network that hangs never calls two people.
(() => {
  const till = document.getElementById("till"), said = document.getElementById("said");
  const away = document.getElementById("away"), dialog = document.getElementById("transfer");
  const field = till.elements.number, csrf = till.elements._csrf.value;
  const PATIENCE_MS = 10000, AGAIN_MS = 3000, LINE_MS = 4000, WHOLE_MS = 60000, SEEN_MS = 20000, DOUBLE_MS = 400;
  let pending = null, shownAt = performance.now(), wholeAt = performance.now(), wake = null;

  const byId = id => document.getElementById(id);
  const pause = ms => new Promise(done => { wake = done; setTimeout(done, ms); });
  const isOn = button => button && !button.disabled;

  const tell = (text, mayCancel = false) => {
    away.classList.toggle("on", !!text);
    if (away.firstElementChild.textContent !== text) away.firstElementChild.textContent = text;
    away.lastElementChild.hidden = !mayCancel;
  };

  // Asks our server. Answers the response, or the sentence that says why there is none.
  const ask = async (path, options = {}) => {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(path, { ...options, headers: { "X-Part": "counter", ...options.headers }, signal: stop.signal });
      if (answer.redirected || answer.status === 401) location.assign(answer.redirected ? answer.url : "/sign-in?next=/counter");
      else if (answer.status === 403) location.assign("/counter"); // somebody signed in anew in another tab
      else if (answer.status === 409) location.assign("/counter?said=lost");
      else if (answer.ok) return { html: answer.status === 204 ? "" : await answer.text() };
      else return { trouble: away.dataset.trouble };
      return { gone: true };
    } catch {
      return { trouble: away.dataset.offline };
    } finally {
      clearTimeout(timer);
    }
  };

  const show = html => {
    const fresh = new DOMParser().parseFromString(html, "text/html"), focused = document.activeElement?.id;
    for (const part of fresh.querySelectorAll("[data-part]")) {
      const old = byId(part.id);
      if (old.innerHTML !== part.innerHTML || old.className !== part.className) old.replaceWith(part);
    }
    shownAt = performance.now();
    document.title = document.title.replace(/^.*(?= – )/, byId("state").dataset.title);
    if (document.activeElement === document.body && focused) (isOn(byId(focused)) ? byId(focused) : byId("act-main")).focus();
  };

  const say = () => { // the same sentence again is said again
    said.textContent = "";
    setTimeout(() => { said.textContent = byId("state").dataset.said; }, 50);
  };

  // While a press is under way, and for a moment after it as people press twice, no other counts.
  const isBusy = () => till.getAttribute("aria-busy") === "true";
  const setBusy = on => till.setAttribute("aria-busy", String(on));

  const send = async () => {
    const soonest = performance.now() + DOUBLE_MS;
    setBusy(true);
    while (pending) {
      const answer = await ask("/counter", { method: "POST", body: pending.body });
      if (answer.gone) return;
      if (!answer.trouble) {
        pending = null; tell(""); show(answer.html); say();
      } else if (pending) {
        tell(away.dataset.pending.replace("{act}", pending.label), true);
        await pause(AGAIN_MS);
      }
    }
    setTimeout(setBusy, soonest - performance.now(), false);
  };

  const begin = (body, label) => {
    if (isBusy()) return false;
    pending = { body, label };
    send();
    return true;
  };

  const press = button => {
    if (!isOn(button)) return;
    if (button.value === "transfer" && dialog.showModal) return openTransfer();
    const body = new URLSearchParams(new FormData(till));
    body.set("act", button.value);
    const words = [...button.childNodes].filter(node => node.nodeName !== "KBD").map(node => node.textContent).join(" ");
    if (begin(body, (field.value && `${field.value.toUpperCase()}: `) + words.trim().replace(/\s+/g, " "))) field.value = "";
  };

  const openTransfer = () => {
    if (isBusy()) return;
    const form = dialog.querySelector("form"), title = byId("transfer-title");
    form.reset();
    title.textContent = title.dataset.title.replace("{number}", till.elements.at.value);
    dialog.showModal();
    form.elements.to[0].focus();
  };

  dialog.addEventListener("submit", event => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(event.target));
    for (const name of ["nonce", "at"]) body.set(name, till.elements[name].value);
    if (begin(body, byId("act-transfer").lastChild.textContent.trim())) dialog.close();
  });
  dialog.querySelector("[data-close]").addEventListener("click", event => { event.preventDefault(); dialog.close(); });
  dialog.addEventListener("close", () => byId("act-main").focus());

  till.addEventListener("submit", event => {
    event.preventDefault();
    press(document.activeElement === field && field.value ? byId("act-number") : event.submitter || byId("act-main"));
  });

  away.lastElementChild.addEventListener("click", () => giveUp());
  const giveUp = async () => { // it may have arrived all the same: what is true is asked for
    pending = null; tell(""); wake?.();
    await renew(true);
  };

  const choose = event => { // in the transfer a digit or a letter chooses, except where the note is written
    if (event.target.id === "note" || event.ctrlKey || event.altKey || event.metaKey) return;
    const choice = dialog.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    if (choice) { event.preventDefault(); choice.checked = true; choice.focus(); }
  };

  const named = event => (event.ctrlKey || event.metaKey ? "Ctrl+" : "") + (event.shiftKey ? "Shift+" : "")
    + (event.key.length === 1 ? event.key.toUpperCase() : event.key);

  addEventListener("keydown", event => {
    if (dialog.open) return choose(event);
    const idle = !document.activeElement.matches("a, button, input");
    const key = named(event), typing = document.activeElement === field;
    if (event.repeat && ["Enter", " "].includes(event.key)) return event.preventDefault(); // a key held down is one press
    if (key === "Escape" && pending) return giveUp();
    if (key === "Ctrl+Z" && field.value) return; // takes back what is typed
    const button = till.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (button) { event.preventDefault(); press(button); }
    else if ((idle && ["Enter", " "].includes(key)) || (typing && !field.value && key === " ")) {
      event.preventDefault(); press(byId("act-main"));
    } else if (!typing && /^[a-z0-9]$/i.test(key)) field.focus(); // the letter arrives there
  });

  // The line is asked for every few seconds, which costs little while nothing happened; times need it now and then anyway.
  const renew = async whole => {
    if (pending) return;
    const path = whole ? "/counter/line" : `/counter/line?stamp=${byId("state").dataset.stamp}`;
    const answer = await ask(path);
    if (pending || answer.gone) return; // a press was quicker: its answer is newer
    tell(answer.trouble || "");
    if (answer.html) show(answer.html);
  };
  setInterval(() => {
    const whole = performance.now() - wholeAt > WHOLE_MS;
    if (whole) wholeAt = performance.now();
    if (!document.hidden) renew(whole);
  }, LINE_MS);
  addEventListener("online", () => { wake?.(); renew(true); });
  addEventListener("offline", () => { if (!pending) tell(away.dataset.offline); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(true); });

  // The counter of a page that is silent for long is freed.
  const beat = () => ask("/counter/seen", { method: "POST", headers: { "X-CSRF-Token": csrf } });
  setInterval(beat, SEEN_MS);
  beat();
  setBusy(false);

  const two = n => String(n).padStart(2, "0");
  setInterval(() => {
    const clock = byId("clock");
    if (!clock) return;
    const s = Number(clock.dataset.s) + Math.floor((performance.now() - shownAt) / 1000);
    clock.textContent = `${two(Math.floor(s / 60))}:${two(s % 60)}`;
  }, 500);
})();
