// Sends forms marked data-newsletter to the newsletter without leaving the page. Without this script they
// work too, and lead to the newsletter's own page. It sets no cookie and loads nothing.
(() => {
  const home = new URL(document.currentScript.src).origin;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  async function send(form, status) {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
      credentials: "omit",
    });
    const { message, fields = [] } = await answer.json();
    status.textContent = message;
    for (const field of form.querySelectorAll("[name]")) {
      if (fields.includes(field.name)) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
    }
    if (answer.ok) form.querySelector("[type=submit]").disabled = true;
  }

  function prepare(form) {
    if (new URL(form.action).origin !== home) return;
    const status = form.querySelector("[role=status]");
    if (!status) return;
    if (zone && form.elements.zone) form.elements.zone.value = zone;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      // Whatever stands in the way of the script does not stand in the way of the form.
      send(form, status).catch(() => form.submit());
    });
  }

  const start = () => document.querySelectorAll("form[data-newsletter]").forEach(prepare);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
