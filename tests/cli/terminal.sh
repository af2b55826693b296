# What comes from files, names and arguments is shown, not obeyed: one line stays one line, and no terminal changes its colours.
esc=$(printf '\033')
printf '1,2\n3,4\n' >"$(printf 'red%s[31m\nrlra: all is well.csv' "$esc")"
name=$(ls)
shown() { cat -v; }
"$rlra" info "$name" 2>&1 | shown
"$rlra" nmf "$name" -r 9 -o out -q 2>&1 | shown
"$rlra" nmf "$name.not" -r 1 2>&1 | shown
printf '%s[1mx,y\n1,2\n' "$esc" >names.csv
"$rlra" info names.csv 2>&1 | shown
printf 'bad \377 byte,b\n1,2\n' >bytes.csv
"$rlra" info bytes.csv 2>&1 | shown
printf '1,2\n1,2\n' >counts.csv
printf 'one\302\233 31m\ntwo\342\200\256\n' >words.txt
"$rlra" topics counts.csv --vocab words.txt -r 1 -o topics 2>/dev/null | grep -c "$(printf '\302\233')"
"$rlra" topics counts.csv --vocab words.txt -r 1 -o topics 2>/dev/null | grep -o 'one.*31m' | head -1
"$rlra" nmf names.csv -r 1 --prior "$(printf '0:\033[31m')" 2>&1 | shown
# A spreadsheet computes nothing from words.
printf '=cmd|calc\n-two\n' >words.txt
"$rlra" topics counts.csv --vocab words.txt -r 1 -o topics -q 2>/dev/null
cut -d, -f3 topics/topics.csv
printf '  +sum\n @x\n' >words.txt
"$rlra" topics counts.csv --vocab words.txt -r 1 -o topics -q 2>/dev/null
cut -d, -f3 topics/topics.csv
