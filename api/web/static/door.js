// The door without waiting: scans are sent while the page stays, so that the field never loses the focus. Without this
// script the form works as it stands. Scans are answered one after the other, so that no verdict covers another unseen;
// one that got no answer is sent again with the same nonce: one number only.
(() => {
  const form = document.getElementById("scan"), field = form.elements.text, result = document.getElementById("result");
  const before = document.getElementById("before"), keys = [...document.querySelectorAll("[data-key]")];
  const PATIENCE_MS = 10000, ROOM_MS = 60000, KEPT = 3;
  const unanswered = [], seen = [];
  let last = result.innerHTML, busy = false, sound = null;

  const hex = byte => byte.toString(16).padStart(2, "0");
  const nonce = () => [...crypto.getRandomValues(new Uint8Array(12))].map(hex).join("");

  const make = (tag, textContent, className = "") =>
    Object.assign(document.createElement(tag), { textContent, className });

  // What goes out of sight stays in the line below: its number may be needed still.
  const remember = () => {
    const brief = result.firstElementChild?.dataset.brief;
    if (!brief || brief === seen[0]) return;
    seen.unshift(brief); seen.length = Math.min(seen.length, KEPT);
    before.replaceChildren(make("span", before.dataset.label), ...seen.map(text => make("b", text)));
  };

  const note = (text, trouble = "") => {
    remember();
    const box = make("div", "", `idle ${trouble}`);
    box.append(make("p", text)); result.replaceChildren(box);
  };

  const show = html => {
    remember();
    result.innerHTML = last = html;
    beep(result.firstElementChild?.dataset.look);
  };

  const sounds = () => localStorage.getItem("door-sound") === "on";

  const TUNES = { yes: [660, 990], wait: [520, 520, 520], no: [220, 165] }; // hertz: told apart by their course as well

  const beep = look => {
    if (!sounds()) return;
    sound ??= new AudioContext();
    (TUNES[look] || [440]).forEach((hertz, n) => {
      const tone = sound.createOscillator(), gain = sound.createGain(), from = sound.currentTime + n * .16;
      tone.frequency.value = hertz;
      gain.gain.setValueAtTime(.2, from); gain.gain.exponentialRampToValueAtTime(.001, from + .3);
      tone.connect(gain).connect(sound.destination); tone.start(from); tone.stop(from + .3);
    });
  };

  const ask = (scan, stop) => {
    const body = new URLSearchParams(new FormData(form));
    body.set("text", scan.text); body.set("nonce", scan.nonce);
    return fetch(form.action, { method: "POST", body, headers: { "X-Part": "verdict" }, signal: stop });
  };

  // Somebody signed in anew in another tab: the form is that of a session that is over.
  const renew = async stop => {
    const page = new DOMParser().parseFromString(await (await fetch("/scan", { signal: stop })).text(), "text/html");
    const mark = page.querySelector("#scan [name=_csrf]");
    if (mark) form.elements._csrf.value = mark.value;
    return !!mark;
  };

  const judge = async scan => {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), PATIENCE_MS);
    try {
      let answer = await ask(scan, stop.signal);
      if (answer.status === 403 && await renew(stop.signal)) answer = await ask(scan, stop.signal);
      const html = await answer.text();
      if (answer.redirected || [401, 403].includes(answer.status)) return location.assign("/sign-in?next=/scan");
      return answer.ok ? { html } : { trouble: form.dataset.trouble };
    } catch {
      return { trouble: form.dataset.offline };
    } finally {
      clearTimeout(timer);
    }
  };

  const answer = async () => {
    if (busy) return;
    busy = true;
    while (unanswered.length) {
      note(form.dataset.waiting);
      const found = await judge(unanswered[0]);
      if (!found) return; // to sign in
      if (found.trouble) {
        note(found.trouble, "trouble"); beep("no");
        if (!field.value) { field.value = unanswered[0].text; field.select(); } // the next scan writes over it
        break;
      }
      unanswered.shift();
      show(found.html);
    }
    busy = false;
    renewRoom();
  };

  const take = text => {
    // No text is Enter twice, or the line feed of a scanner: what is seen stays.
    if (text && !unanswered.some(scan => scan.text === text)) unanswered.push({ text, nonce: nonce() });
    answer();
  };

  const send = () => {
    const text = field.value.trim();
    field.value = ""; field.focus();
    take(text);
  };

  addEventListener("antre:scan", event => take(event.detail)); // what the camera read: camera.js

  form.noValidate = true;
  form.addEventListener("submit", event => { event.preventDefault(); send(); });

  const tellSound = button => {
    button.setAttribute("aria-pressed", String(sounds()));
    button.querySelector("span").textContent = sounds() ? form.dataset.soundOn : form.dataset.soundOff;
  };

  const acts = {
    F2: () => location.assign("/walk-in"),
    Escape: () => {
      field.value = ""; field.focus();
      if (!busy && unanswered.length) { unanswered.length = 0; note(form.dataset.ready); }
    },
    F4: () => { result.innerHTML = last; field.focus(); },
    F8: button => { localStorage.setItem("door-sound", sounds() ? "off" : "on"); tellSound(button); field.focus(); },
  };
  for (const button of keys) {
    button.hidden = false;
    if (button.dataset.key === "F8") tellSound(button);
    if (button.tagName === "BUTTON") button.addEventListener("click", () => acts[button.dataset.key](button));
  }
  // How many without booking can be taken changes while the page stays: asked anew each minute, and after a verdict.
  const renewRoom = async () => {
    if (document.hidden) return;
    const answer = await fetch("/scan/room").catch(() => null);
    if (answer?.ok && !answer.redirected) document.getElementById("room").outerHTML = await answer.text();
  };
  setInterval(renewRoom, ROOM_MS);

  addEventListener("keydown", event => {
    const button = keys.find(one => one.dataset.key === event.key), away = document.activeElement !== field;
    const held = event.ctrlKey || event.altKey || event.metaKey;
    const ends = event.key === "Tab" && !event.shiftKey && !away && field.value.trim(); // as some scanners end
    if (event.ctrlKey && event.key.toLowerCase() === "j") event.preventDefault(); // a line feed: it opens downloads
    else if (button && !held) { event.preventDefault(); acts[event.key](button); }
    else if (ends && !held) { event.preventDefault(); send(); }
    else if (away && !held && event.key.length === 1 && event.key !== " ") field.focus();
  });
  field.focus();
})();
