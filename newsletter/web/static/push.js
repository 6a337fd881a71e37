// Lets this browser be told when an edition is ready: asks the browser, then sends the form.
"use strict";
(() => {
  const form = document.getElementById("allow-notices");
  if (!form || !form.dataset.key || !window.isSecureContext || !("PushManager" in window)) return;
  if (!("serviceWorker" in navigator) || Notification.permission === "denied") return;

  const octets = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

  async function subscribe() {
    await navigator.serviceWorker.register("/worker.js");
    const worker = await navigator.serviceWorker.ready;
    const known = await worker.pushManager.getSubscription();
    return known || worker.pushManager.subscribe({
      userVisibleOnly: true,
      applicationServerKey: octets(form.dataset.key),
    });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const told = (await subscribe()).toJSON();
      form.elements.endpoint.value = told.endpoint;
      form.elements.p256dh.value = told.keys.p256dh;
      form.elements.auth.value = told.keys.auth;
      form.submit();
    } catch {
      form.querySelector(".problem").hidden = false;
    }
  });
  form.hidden = false;
  document.getElementById("notices").hidden = false;
})();
