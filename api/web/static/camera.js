// The camera at the door. It hands a ticket's text on as a scanner does (the event `antre:scan`); what follows is
// door.js's business. No picture leaves the page or is kept. Without this script, or a camera, everything else works.
(() => {
  const camera = document.getElementById("camera"), video = camera.querySelector("video");
  const picture = camera.querySelector(".picture"), over = camera.querySelector(".over"), says = camera.querySelector(".says");
  const choice = camera.querySelector("select"), torch = camera.querySelector("[data-torch]");
  const button = document.getElementById("camera-switch"), result = document.getElementById("result");
  const field = document.getElementById("text"), coarse = matchMedia("(pointer: coarse)").matches;
  const words = camera.dataset, canvas = document.createElement("canvas");
  const paper = canvas.getContext("2d", { willReadFrequently: true });
  const LONGEST = 640;   // pixels of a frame's longer side: enough for a ticket that fills a third of it
  const PAUSE_MS = 50;   // between two frames
  const AWAY_MS = 2500;  // a ticket out of sight for so long is sent anew when it comes back
  const HELD_MS = 1500;  // a ticket held on for so long is told that it has been seen
  const OVER_MS = 1800;  // the verdict over the picture
  const DARK = 45, DARK_FRAMES = 15; // of 255; so many in a row without a ticket
  const WHY = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "none", OverconstrainedError: "none",
                NotReadableError: "busy", AbortError: "busy" };
  const SHAKES = { yes: 80, wait: [80, 80, 80], no: 400 };
  const seen = new Map(); // text -> { first, last } in view, in ms of performance.now()
  let stream = null, reader = null, awake = null, turn = 0, dark = 0, hiding = 0;

  const tell = (word, trouble = false) => {
    says.classList.toggle("trouble", trouble);
    if (says.textContent !== words[word]) says.textContent = words[word];
  };

  // -- frames ------------------------------------------------------------------------------------------------------

  // What `object-fit: cover` leaves in view, and nothing else: a ticket beside the picture is not scanned unseen.
  const grab = () => {
    const scale = Math.max(video.clientWidth / video.videoWidth, video.clientHeight / video.videoHeight);
    const wide = video.clientWidth / scale, high = video.clientHeight / scale;
    const fit = Math.min(1, LONGEST / Math.max(wide, high)), even = length => 2 * Math.floor(length * fit / 2);
    const width = canvas.width = even(wide), height = canvas.height = even(high);
    paper.drawImage(video, (video.videoWidth - wide) / 2, (video.videoHeight - high) / 2, wide, high, 0, 0, width, height);
    return { width, height, data: paper.getImageData(0, 0, width, height).data };
  };

  const hint = light => {
    dark = light < DARK ? dark + 1 : 0;
    tell(dark < DARK_FRAMES ? "ready" : torch.hidden ? "dark" : "darkTorch");
  };

  const found = text => {
    const now = performance.now(), before = seen.get(text), held = before && now - before.last < AWAY_MS;
    seen.set(text, { first: held ? before.first : now, last: now });
    if (!held) dispatchEvent(new CustomEvent("antre:scan", { detail: text }));
    else if (now - before.first > HELD_MS) tell("held");
    dark = 0;
  };

  const makeReader = () => {
    const made = new Worker(words.reader);
    made.onerror = () => { reader = null; fail("unreadable"); };
    return made;
  };

  const read = frame => new Promise(answer => {
    reader.onmessage = ({ data }) => answer(data);
    reader.postMessage(frame, [frame.data.buffer]);
  });

  const pause = () => new Promise(over => setTimeout(over, PAUSE_MS));

  const lately = () => [...seen.values()].some(one => performance.now() - one.last < HELD_MS);

  const watch = async mine => {
    for (; mine === turn; await pause()) {
      if (video.readyState < 2 || !video.clientWidth) continue;
      const { text, light } = await read(grab());
      if (mine !== turn) return;
      if (text) found(text);
      else if (!lately()) hint(light);
    }
  };

  // -- the camera on and off ---------------------------------------------------------------------------------------

  const show = on => {
    button.setAttribute("aria-pressed", String(on));
    button.querySelector("span").textContent = on ? words.off : words.on;
    picture.hidden = !on;
    document.getElementById("main").classList.toggle("watching", on);
  };

  const remember = on => localStorage.setItem("door-camera", on ? "on" : "off");

  const release = tracks => tracks?.getTracks().forEach(track => track.stop());

  const stop = () => {
    turn++;
    release(stream);
    awake?.release();
    stream = awake = video.srcObject = null;
    torch.hidden = choice.parentElement.hidden = true;
  };

  const fail = word => {
    stop();
    show(false);
    remember(false); // it does not ask by itself again
    camera.hidden = false;
    tell(word, true);
  };

  const ask = () => {
    const deviceId = localStorage.getItem("door-camera-id"), which = deviceId ? { deviceId } : { facingMode: "environment" };
    return navigator.mediaDevices.getUserMedia({ video: { ...which, width: { ideal: 1280 }, height: { ideal: 720 } } });
  };

  const offerChoice = async track => {
    const all = (await navigator.mediaDevices.enumerateDevices()).filter(one => one.kind === "videoinput");
    choice.replaceChildren(...all.map((one, n) => new Option(one.label || `${words.title} ${n + 1}`, one.deviceId)));
    choice.value = track.getSettings().deviceId;
    choice.parentElement.hidden = all.length < 2;
  };

  const offerTorch = track => {
    torch.hidden = !track.getCapabilities?.().torch;
    torch.setAttribute("aria-pressed", "false");
  };

  const keepAwake = async mine => {
    const lock = await navigator.wakeLock?.request("screen").catch(() => null);
    if (mine === turn) awake = lock; else lock?.release();
  };

  const start = async () => {
    stop();
    const mine = turn;
    camera.hidden = false;
    if (!navigator.mediaDevices) return fail(isSecureContext ? "none" : "insecure");
    tell("allow");
    reader ??= makeReader(); // it loads while the camera warms up
    const got = await ask().catch(problem => mine === turn && fail(WHY[problem.name] || "failed"));
    if (!got) return;
    if (mine !== turn) return release(got); // switched off while the browser asked
    const [track] = got.getVideoTracks();
    track.onended = () => fail("gone");
    stream = video.srcObject = got;
    video.classList.toggle("mirrored", track.getSettings().facingMode === "user");
    show(true);
    tell("ready");
    offerTorch(track);
    offerChoice(track);
    await video.play().catch(() => {}); // a stop in between
    if (mine !== turn) return;
    watch(mine);
    keepAwake(mine);
  };

  const enter = async () => {
    await start();
    if (!coarse) return field.focus();
    document.activeElement.blur(); // a keyboard that opens would cover the picture
    camera.scrollIntoView();
  };

  // Who works with the camera looks at people: with sound, unless somebody chose silence.
  const withSound = () => {
    if (localStorage.getItem("door-sound") === null) document.querySelector('[data-key="F8"]').click();
  };

  const toggle = () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    remember(on);
    if (on) { withSound(); return enter(); }
    stop();
    show(false);
    camera.hidden = true;
    field.focus();
  };

  // -- the verdict over the picture ----------------------------------------------------------------------------------

  const cover = verdict => {
    over.className = `over ${verdict.dataset.look}`;
    over.replaceChildren(verdict.querySelector("svg").cloneNode(true),
                         Object.assign(document.createElement("p"), { textContent: verdict.querySelector("h2").textContent }));
    over.hidden = false;
    clearTimeout(hiding);
    hiding = setTimeout(() => { over.hidden = true; }, OVER_MS);
  };

  new MutationObserver(() => {
    const verdict = result.querySelector(".verdict");
    if (!verdict || !stream) return;
    cover(verdict);
    navigator.vibrate?.(SHAKES[verdict.dataset.look]);
  }).observe(result, { childList: true });

  // -- hands -----------------------------------------------------------------------------------------------------------

  button.addEventListener("click", toggle);
  addEventListener("keydown", event => {
    if (event.key !== "F9" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    toggle();
  });
  choice.addEventListener("change", () => { localStorage.setItem("door-camera-id", choice.value); start(); });
  torch.addEventListener("click", async () => {
    const on = torch.getAttribute("aria-pressed") !== "true";
    await stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] }).catch(() => {});
    torch.setAttribute("aria-pressed", String(on));
  });
  document.addEventListener("visibilitychange", () => {
    if (button.getAttribute("aria-pressed") === "true") document.hidden ? stop() : start();
  });
  button.hidden = false;
  if (localStorage.getItem("door-camera") === "on") enter();
})();
