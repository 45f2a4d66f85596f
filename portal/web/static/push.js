// Switches Web Push on in this browser: asks for permission, subscribes, and sends the subscription with the form.
const form = document.querySelector("form[data-push]");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));

if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  document.querySelector("[data-ohne-push]")?.remove();
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const trouble = form.querySelector("[data-fehler]");
    trouble.hidden = true;
    try {
      if ((await Notification.requestPermission()) !== "granted") throw new Error("denied");
      await navigator.serviceWorker.register("/static/push-worker.js");
      const worker = await navigator.serviceWorker.getRegistration("/static/");
      const options = { userVisibleOnly: true, applicationServerKey: bytes(form.dataset.push) };
      const made = (await worker.pushManager.subscribe(options)).toJSON();
      form.elements.endpoint.value = made.endpoint;
      form.elements.p256dh.value = made.keys.p256dh;
      form.elements.auth.value = made.keys.auth;
      form.submit();
    } catch {
      trouble.hidden = false;
    }
  });
}
