// Nobody is signed in at this browser, or it becomes another device: it keeps neither the day's list nor the door's page.
// Who is still to be handed in stays, until somebody signs in.
if (globalThis.indexedDB) Store.forgetDay().catch(() => {});
