// The door without waiting: scans are sent while the page stays, so that the field never loses the focus. Without this
// script the form works as it stands. Scans are answered one after the other, so that no verdict covers another unseen;
// one that got no answer is judged by the day's list (offline.js), or sent again with the same nonce: one number only.
(() => {
  const form = document.getElementById("scan"), field = form.elements.text, result = document.getElementById("result");
  const before = document.getElementById("before"), keys = [...document.querySelectorAll("[data-key]")];
  const away = document.getElementById("away"), ROOM_MS = 60000, KEPT = 3;
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

  // By the network, else by the day's list. Whether a scan whose answer did not come reached the office nobody knows: its
  // nonce tells when it is handed in.
  const judge = async scan => {
    if (!Offline.away || !Offline.canJudge) {
      const found = await Online.judge(scan, Offline.canJudge);
      if (!found?.lost || !Offline.canJudge) return found;
      await Offline.goAway();
    }
    const html = await Offline.judge(scan).catch(() => null);
    return html ? { html, alone: true } : { trouble: form.dataset.offline };
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
      const scan = unanswered.shift();
      show(found.html);
      if (!found.alone) Offline.saw(scan, result.firstElementChild?.dataset.brief).catch(() => {});
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

  // Without network there is no other page to go to: that is said here, not by the browser.
  const leave = path => {
    if (Offline.away) note(path === "/walk-in" ? away.dataset.noWalkIn : away.dataset.elsewhere);
    return !Offline.away;
  };
  document.addEventListener("click", event => {
    const link = event.target.closest("a[href]:not([href^='#'])");
    if (link && !leave(link.getAttribute("href"))) event.preventDefault();
  });
  document.addEventListener("submit", event => {
    if (event.target !== form && !leave(event.target.action)) event.preventDefault();
  });

  const acts = {
    F2: () => leave("/walk-in") && location.assign("/walk-in"),
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
    if (document.hidden || Offline.away) return;
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
