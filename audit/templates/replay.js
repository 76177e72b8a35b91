"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const steps = [...document.querySelectorAll(".step")];
  const placed = [...document.querySelectorAll("[data-step]")];
  const slider = find("slider");

  const numbered = (hash) => Number(hash.slice("#step-".length)) || 0;

  function choose(number) {
    const chosen = Math.min(Math.max(number, 1), steps.length);
    for (const each of placed) {
      const step = Number(each.dataset.step);
      each.classList.toggle("now", step === chosen);
      each.classList.toggle("ahead", step > chosen);
    }
    for (const link of document.querySelectorAll("#trail a")) {
      if (link.parentElement.classList.contains("now")) link.setAttribute("aria-current", "step");
      else link.removeAttribute("aria-current");
    }
    slider.value = chosen;
    slider.setAttribute("aria-valuetext", steps[chosen - 1].querySelector("h3").innerText);
    find("chosen").value = `${chosen}/${steps.length}`;
    find("earlier").disabled = chosen === 1;
    find("later").disabled = chosen === steps.length;
    history.replaceState(null, "", `#step-${chosen}`);
    const line = document.querySelector("#trail .now"), list = line.parentElement;
    list.scrollTop = line.offsetTop - list.offsetTop - list.clientHeight / 2;
  }

  const chosen = () => Number(slider.value);
  const moves = {
    ArrowLeft: () => chosen() - 1,
    ArrowRight: () => chosen() + 1,
    Home: () => 1,
    End: () => steps.length,
  };

  document.addEventListener("keydown", (event) => {
    const moved = moves[event.key];
    if (!moved || event.target === slider || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    choose(moved());
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#step-']");
    if (!link) return;
    event.preventDefault();
    choose(numbered(link.hash));
  });
  slider.addEventListener("input", () => choose(chosen()));
  find("earlier").addEventListener("click", () => choose(chosen() - 1));
  find("later").addEventListener("click", () => choose(chosen() + 1));

  document.documentElement.classList.add("stepping");
  find("stepper").hidden = false;
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll(".now details")) each.open = true;
  });

  for (const step of steps) step.removeAttribute("id"); // the step is chosen, not scrolled to
  choose(numbered(location.hash) || steps.length);
})();
