// The door's page without network: the page as it was last seen, and the files beside it. With network the page is always
// the office's own; files have their content in their address, so a kept one is never old. ASSETS is written by the office
// above this text, so that another version of any of them is another worker.
const PAGE = "/scan", PAGES = "door-page", FILES = "door-files", PATIENCE_MS = 4000;

const keptPage = async () => (await caches.open(PAGES)).match(PAGE);

// The page is kept with all that it names; what neither it nor this version names goes.
const keep = async answer => {
  const text = await answer.text(), files = await caches.open(FILES);
  const named = new Set([...ASSETS, ...text.match(/\/static\/[\w.-]+/g) ?? []]);
  const have = new Map((await files.keys()).map(request => [new URL(request.url).pathname, request]));
  await files.addAll([...named].filter(path => !have.has(path)));
  await (await caches.open(PAGES)).put(PAGE, new Response(text, { headers: answer.headers }));
  for (const [path, request] of have) if (!named.has(path)) await files.delete(request);
};

const isDoor = answer => answer.ok && !answer.redirected && new URL(answer.url).pathname === PAGE;

const page = async event => {
  const coming = fetch(event.request);
  const patience = new Promise(resolve => setTimeout(resolve, PATIENCE_MS));
  const answer = await Promise.race([coming, patience]).catch(() => null);
  if (answer && answer.status < 500) {
    if (isDoor(answer)) event.waitUntil(keep(answer.clone()).catch(() => {}));
    return answer;
  }
  const kept = await keptPage();
  if (!kept) return coming;
  return new URL(event.request.url).pathname === PAGE ? kept : Response.redirect(PAGE);
};

const file = async request => {
  const files = await caches.open(FILES), kept = await files.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await files.put(request, answer.clone());
  return answer;
};

const install = async () => {
  await (await caches.open(FILES)).addAll(ASSETS);
  const answer = await fetch(PAGE);  // the page that brought this worker was loaded without it
  if (isDoor(answer)) await keep(answer);
};

addEventListener("install", event => { skipWaiting(); event.waitUntil(install()); });
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("fetch", event => {
  const { method, mode, url } = event.request, { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (mode === "navigate" && pathname.startsWith(PAGE)) event.respondWith(page(event));
  else if (pathname.startsWith("/static/")) event.respondWith(file(event.request));
});
