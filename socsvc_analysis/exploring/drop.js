// A file that is dropped on the box goes, with its name, into the hidden text field beside it: Python reads it there.
(() => {
  const parts = (name) => document.querySelectorAll(`.socsvc-return-${name}`);
  const text = () => [...parts("dropped")].map((each) => each.querySelector("textarea")).find((each) => each);
  const stop = (event) => { event.preventDefault(); event.stopPropagation(); };
  const take = async (event) => {
    stop(event);
    const file = event.dataTransfer.files[0];
    if (!file) return;
    const reader = new FileReader();
    reader.onload = () => {
      const field = text();
      field.value = JSON.stringify({ name: file.name, content: reader.result.split(",")[1] || "" });
      for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
    };
    reader.readAsDataURL(file);
  };
  const ready = (tries) => {
    const boxes = parts("box");
    if (!boxes.length && tries) return setTimeout(() => ready(tries - 1), 200);
    for (const box of boxes) {
      if (box.dataset.drops) continue;
      box.dataset.drops = "yes";
      for (const kind of ["dragenter", "dragover"]) box.addEventListener(kind, stop, true);
      box.addEventListener("drop", take, true);
    }
  };
  ready(100);
})();
