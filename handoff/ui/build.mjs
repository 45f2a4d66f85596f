// Builds dist/: widget.js and konsole.js (one ES module each), konsole.css, leitung.css, kern.css with its local fonts.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const OUT = "dist";
const KERN = "node_modules/@kern-ux/native/dist";
const FONTS = ["Regular", "Italic", "Medium", "SemiBold", "Bold"];
const WEIGHTS = { Regular: 400, Italic: 400, Medium: 500, SemiBold: 600, Bold: 700 };
const WIDGET_LIMIT_BYTES = 90 * 1024;

await rm(OUT, { recursive: true, force: true });
for (const name of ["widget", "konsole", "weiter"]) {
  await build({
    configFile: false,
    logLevel: "warn",
    define: { "process.env.NODE_ENV": '"production"' },
    build: {
      outDir: OUT,
      emptyOutDir: false,
      target: "es2022",
      lib: { entry: `src/${name}/main.ts`, formats: ["es"], fileName: () => `${name}.js` },
    },
  });
}

await mkdir(`${OUT}/fonts`, { recursive: true });
const faces = FONTS.map(
  (font) =>
    `@font-face{font-family:"Fira Sans";font-weight:${WEIGHTS[font]};font-style:${font === "Italic" ? "italic" : "normal"};` +
    `font-display:swap;src:url("fonts/FiraSans-${font}.woff2") format("woff2")}`,
);
for (const font of FONTS) {
  await cp(`${KERN}/fonts/fira-sans/FiraSans-${font}.woff2`, `${OUT}/fonts/FiraSans-${font}.woff2`);
}
const kern = (await readFile(`${KERN}/kern.min.css`, "utf8")).replace(/^\uFEFF?@charset "UTF-8";/, "");
await writeFile(`${OUT}/kern.css`, `@charset "UTF-8";\n${faces.join("\n")}\n${kern}`);
await cp("src/konsole/konsole.css", `${OUT}/konsole.css`);
await cp("src/leitung/leitung.css", `${OUT}/leitung.css`);
await cp("src/pages/pages.css", `${OUT}/pages.css`);

for (const file of ["widget.js", "konsole.js", "weiter.js", "konsole.css", "pages.css", "kern.css"]) {
  const bytes = await readFile(`${OUT}/${file}`);
  const zipped = gzipSync(bytes).length;
  console.log(`${file}: ${(bytes.length / 1024).toFixed(1)} kB, gzip ${(zipped / 1024).toFixed(1)} kB`);
  if (file === "widget.js" && zipped > WIDGET_LIMIT_BYTES) {
    throw new Error(`widget.js is ${zipped} bytes gzipped, the limit is ${WIDGET_LIMIT_BYTES}`);
  }
}
