// The door with network: one scan is sent, and its verdict comes back as a part of the page.
const Online = (() => {
  const form = document.getElementById("scan");
  const WITH_LIST_MS = 4000, ALONE_MS = 10000; // how long an answer is awaited, if the door can judge by itself or not

  // Aborts what takes longer.
  const within = ms => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), ms);
    return stop.signal;
  };

  const ask = (scan, stop) => {
    const body = new URLSearchParams(new FormData(form));
    body.set("text", scan.text); body.set("nonce", scan.nonce);
    return fetch(form.action, { method: "POST", body, headers: { "X-Part": "verdict" }, signal: stop });
  };

  const mark = () => form.elements._csrf.value;
  const signIn = () => { location.assign("/sign-in?next=/scan"); };

  // Somebody signed in anew in another window: the form is that of a session that is over.
  const renew = async stop => {
    const page = new DOMParser().parseFromString(await (await fetch("/scan", { signal: stop })).text(), "text/html");
    const fresh = page.querySelector("#scan [name=_csrf]");
    if (fresh) form.elements._csrf.value = fresh.value;
    return !!fresh;
  };

  // The verdict, or the trouble: that the office cannot answer, or that nothing came. Nothing when one must sign in.
  const judge = async (scan, canJudge) => {
    const stop = within(canJudge ? WITH_LIST_MS : ALONE_MS);
    try {
      let answer = await ask(scan, stop);
      if (answer.status === 403 && await renew(stop)) answer = await ask(scan, stop);
      const html = await answer.text();
      if (answer.redirected || [401, 403].includes(answer.status)) return signIn();
      return answer.ok ? { html } : { trouble: form.dataset.trouble, lost: answer.status >= 500 };
    } catch {
      return { trouble: form.dataset.offline, lost: true };
    }
  };

  return { within, judge, renew, mark, signIn };
})();
