#!/bin/sh
# Takes the pictures of the README: take.sh REPORTS-OF-THE-DEMO DIRECTORY
set -eu
from=$(cd "$1" && pwd)
to=$(cd "$2" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

shot() { # name width,height file
	chromium --headless=new --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" \
		--window-size="$2" --screenshot="$to/$1.png" "file://$3" >/dev/null 2>&1
}

shot page 1280,1500 "$from/findings.html"
shot page-phone 500,1300 "$from/findings.html"
for notice in "$from"/notices/0001-*.html; do
	cp "$notice" "$work/notice.html"
done
shot notice 900,1000 "$work/notice.html"

soffice -env:UserInstallation="file://$work/office" --headless --convert-to pdf --outdir "$work" "$from/findings.xlsx" >/dev/null 2>&1
pdftoppm -r 70 -png -f 1 -l 1 -singlefile "$work/findings.pdf" "$to/workbook"
