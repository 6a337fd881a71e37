// Loads the page anew when the issue would come out differently, and shows each mail at its full height.
"use strict";

const EVERY = 400;
const KEPT = "scrolled-to";
const shown = document.body.dataset.stamp;
const frames = [...document.querySelectorAll("iframe")];
let open = frames.length;

history.scrollRestoration = "manual";

function fit(frame) {
  const mail = frame.contentDocument;
  if (mail?.body) frame.height = mail.documentElement.scrollHeight;
  open -= 1;
  if (open === 0) scrollTo(0, Number(sessionStorage.getItem(KEPT) ?? 0));
}

async function look() {
  try {
    const answer = await fetch("/stamp", { cache: "no-store" });
    if (answer.ok && (await answer.text()) !== shown) {
      sessionStorage.setItem(KEPT, String(scrollY));
      location.reload();
      return;
    }
  } catch {
    // Ended, or starting again: look once more.
  }
  setTimeout(look, EVERY);
}

for (const frame of frames) {
  if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.URL !== "about:blank") fit(frame);
  else frame.addEventListener("load", () => fit(frame), { once: true });
}
setTimeout(look, EVERY);
