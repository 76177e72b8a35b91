// What npm's statuspage.io makes of the page at an address, as JSON.
const { Statuspage } = require("statuspage.io");

const client = new Statuspage("any");
client.setApiUrl(process.argv[2]);

(async () => {
  const { api } = client;
  const { components } = await api.getComponents();
  const subscribed = await api.subscribers.createComponentSubscription({
    component_id: components.find((each) => !each.group).id, email: "duty@example.org", endpoint: process.argv[3],
  });
  console.log(JSON.stringify({
    summary: await api.getSummary(),
    status: await api.getStatus(),
    components: await api.getComponents(),
    incidents: await api.incidents.getAll(),
    unresolved: await api.incidents.getUnresolved(),
    maintenances: await api.scheduledMaintenances.getAll(),
    active: await api.scheduledMaintenances.getActive(),
    upcoming: await api.scheduledMaintenances.getUpcoming(),
    subscribed,
    found: await api.subscribers.getSubscription(subscribed.subscriber.id),
  }));
})();
