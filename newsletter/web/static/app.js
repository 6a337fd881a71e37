// Lets the newest editions be read without a network, where the browser can.
"use strict";
if ("serviceWorker" in navigator && window.isSecureContext) {
  navigator.serviceWorker
    .register("/worker.js")
    .then(() => navigator.serviceWorker.ready)
    .then((worker) => worker.active && worker.active.postMessage("keep newest"))
    .catch(() => undefined);
}
