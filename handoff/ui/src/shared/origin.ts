/** Address of this module: it always comes from the Amtslotse origin, on whatever site's page it runs. */
const HERE = import.meta.url;

/** A path of the Amtslotse origin as a full address. */
export function at(path: string): string {
  return new URL(path, HERE).href;
}

/** True on a page of another site: nobody is logged in there, and nothing personal is shown. */
export function onForeignPage(): boolean {
  return new URL(HERE).origin !== window.location.origin;
}
