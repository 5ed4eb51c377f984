"use strict";

// Copying is the one thing a link cannot do; without this script the buttons stay hidden.
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) break;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const verses = document.getElementById(button.dataset.copy).querySelectorAll(".verse");
    const lines = Array.from(verses, (verse) => verse.lastChild.textContent.trim());
    await navigator.clipboard.writeText(`${lines.join(" ")}\n${button.dataset.title}`);
    const label = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = label; }, 2000);
  });
}
