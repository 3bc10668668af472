// The filter of a long list of check boxes. It shows itself here, because without scripts it could do nothing. What is hidden stays
// ticked as it was.

for (const label of document.querySelectorAll("[data-pick-filter]")) {
  const input = label.querySelector("input");
  const boxes = [...(label.parentElement?.querySelectorAll(".scopes .check") ?? [])];
  label.hidden = false;
  input.addEventListener("input", (event) => {
    event.stopPropagation(); // filtering changes nothing of the form
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const box of boxes) box.hidden = !words.every((w) => box.textContent.toLowerCase().includes(w));
  });
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}
