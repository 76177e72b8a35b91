// What npm's @aero/statuspage makes of the page at an address, as JSON. A client of it remembers where it asked last.
const { StatusPageClient, maintenances } = require("@aero/statuspage");

const fresh = () => new StatusPageClient(process.argv[2]);

(async () => {
  console.log(JSON.stringify({
    summary: await fresh().summary(),
    status: await fresh().status(),
    components: await fresh().components(),
    incidents: await fresh().incidents(),
    unresolved: await fresh().incidents(true),
    maintenances: await fresh().maintenances(maintenances.ALL),
  }));
})();
