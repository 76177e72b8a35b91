(() => {
  const still = "past" in document.body.dataset || "copy" in document.body.dataset, live = document.getElementById("live");
  const ago = () => {
    document.getElementById("stale").hidden = !("copy" in document.body.dataset && Date.now() - document.body.dataset.at > 36e5);
    const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
    for (const each of document.querySelectorAll("time[data-ago]")) {
      const minutes = Math.round((Date.parse(each.dateTime) - Date.now()) / 6e4), days = Math.round(minutes / 1440);
      each.title ||= each.textContent;
      each.textContent = Math.abs(minutes) < 60 ? words.format(minutes, "minute")
        : Math.abs(days) < 2 ? words.format(Math.round(minutes / 60), "hour") : words.format(days, "day");
    }
  };
  const said = (page) => [...page.querySelectorAll("h1, [aria-labelledby=now] h3, .updates li:first-child h2")].map((each) => each.textContent).join(". ");
  const renew = async () => {
    const answer = await fetch(location.href).catch(() => null), lost = document.querySelector(".lost");
    lost.hidden = !!answer && answer.ok;
    if (!lost.hidden) return later(15000);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html"), main = document.querySelector("main");
    lost.hidden = fresh.querySelector(".lost").hidden;
    const now = said(fresh), news = now !== said(document);
    const focused = document.activeElement, to = main.contains(focused) && focused.getAttribute("href");
    const alike = () => [...main.querySelectorAll("a")].filter((each) => each.getAttribute("href") === to);
    const which = alike().indexOf(focused);
    main.innerHTML = fresh.querySelector("main").innerHTML;
    alike()[which]?.focus({ preventScroll: true });
    document.title = fresh.title;
    document.body.dataset.at = fresh.body.dataset.at;
    document.querySelector("footer p").innerHTML = fresh.querySelector("footer p").innerHTML;
    if (news) live.textContent = `${live.dataset.told} ${now}`;
    ago();
  };
  let waiting;
  const later = (milliseconds) => {
    clearTimeout(waiting);
    waiting = setTimeout(renew, milliseconds);
  };
  if (!still && "EventSource" in window && location.protocol.startsWith("http")) {
    new EventSource("/live").addEventListener("edition", (edition) => {
      if (+edition.data > +document.body.dataset.at) later(300 + Math.random() * 1700);
    });
  }
  ago();
  setInterval(ago, 3e4);
})();
