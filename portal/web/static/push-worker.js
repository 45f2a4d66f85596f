// Shows notices that came by Web Push; a click opens the page in the portal. It keeps nothing and reads nothing else.
self.addEventListener("push", (event) => {
  const { titel, text, link } = event.data.json();
  event.waitUntil(self.registration.showNotification(titel, { body: text, lang: "de", icon: "/static/favicon.svg", data: link }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(new URL(event.notification.data, self.location.origin)));
});
