#!/bin/sh
# Open a page in a browser without a network: Vega must have drawn every chart, and nothing may be complained about.
# usage: browser.sh WRITE_PAGE     (77: no browser here, see tools/not-run)
set -u
root=$(cd "$(dirname "$0")/../../.." && pwd)
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
    exec "$root/tools/not-run" "there is no chromium, chromium-browser or google-chrome to open the report with"
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT

"$1" "$folder/report.html" || exit 1
timeout 100 "$browser" --headless --no-sandbox --disable-gpu --user-data-dir="$folder/profile" --enable-logging=stderr \
    --host-resolver-rules="MAP * ~NOTFOUND" --virtual-time-budget=8000 --dump-dom "file://$folder/report.html" \
    >"$folder/dom.html" 2>"$folder/log" || { echo "the browser failed"; tail "$folder/log"; exit 1; }

if grep CONSOLE "$folder/log"; then
    echo "the page was complained about"
    exit 1
fi
charts=$(grep -o 'class="chart"' "$folder/dom.html" | wc -l)
drawn=$(grep -o 'class="marks"' "$folder/dom.html" | wc -l)
lines=$(grep -o 'aria-roledescription="line mark container"' "$folder/dom.html" | wc -l)
echo "charts: $charts, drawn by Vega: $drawn, lines: $lines"
[ "$charts" -eq 4 ] || exit 1
# A build without Vega keeps its still pictures.
grep -q 'This build has no Vega' "$folder/dom.html" && exit 0
[ "$drawn" -eq "$charts" ] && [ "$lines" -eq 13 ]
