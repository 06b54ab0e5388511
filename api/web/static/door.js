// The door without waiting: scans are sent while the page stays, so that the field never loses the focus. Without this
// script the form works as it stands. A scan that got no answer is sent again with the same nonce: one number only.
(() => {
  const form = document.getElementById("scan"), field = form.elements.text, result = document.getElementById("result");
  const keys = [...document.querySelectorAll("[data-key]")];
  let last = result.innerHTML, pending = null, sound = null;

  const nonce = () => [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, "0")).join("");

  const note = text => {
    const box = document.createElement("div"), words = document.createElement("p");
    box.className = "idle"; words.textContent = text; box.append(words); result.replaceChildren(box);
  };

  const beep = look => {
    if (!sound) return;
    const tone = sound.createOscillator(), gain = sound.createGain(), now = sound.currentTime;
    tone.frequency.value = { yes: 880, wait: 520, no: 200 }[look] || 440;
    gain.gain.setValueAtTime(.2, now); gain.gain.exponentialRampToValueAtTime(.001, now + .4);
    tone.connect(gain).connect(sound.destination); tone.start(now); tone.stop(now + .4);
  };

  const send = async text => {
    if (!pending || pending.text !== text) pending = { text, nonce: nonce() };
    const mine = pending, body = new URLSearchParams(new FormData(form));
    body.set("text", mine.text); body.set("nonce", mine.nonce);
    note(form.dataset.waiting);
    try {
      const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Part": "verdict" } });
      if (answer.redirected || answer.status === 401) return location.assign("/sign-in?next=/scan");
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      if (pending !== mine) return;
      pending = null;
      result.innerHTML = last = html;
      beep(result.firstElementChild?.dataset.look);
    } catch {
      if (pending === mine) { note(form.dataset.offline); if (!field.value) field.value = mine.text; }
    }
  };

  form.addEventListener("submit", event => {
    const text = field.value.trim();
    if (!text) return;
    event.preventDefault();
    field.value = ""; field.focus(); send(text);
  });

  const acts = {
    F2: () => location.assign("/walk-in"),
    Escape: () => { field.value = ""; field.focus(); },
    F4: () => { result.innerHTML = last; field.focus(); },
    F8: button => {
      sound = sound ? null : new AudioContext();
      button.setAttribute("aria-pressed", String(!!sound));
      button.querySelector("span").textContent = sound ? form.dataset.soundOn : form.dataset.soundOff;
      field.focus();
    },
  };
  for (const button of keys) {
    button.hidden = false;
    if (button.tagName === "BUTTON") button.addEventListener("click", () => acts[button.dataset.key](button));
  }
  addEventListener("keydown", event => {
    const button = keys.find(one => one.dataset.key === event.key);
    if (button && !event.ctrlKey && !event.altKey && !event.metaKey) { event.preventDefault(); acts[event.key](button); }
    else if (event.key.length === 1 && document.activeElement === document.body) field.focus();
  });
  field.focus();
})();
