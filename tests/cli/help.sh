# Every command explains itself within 100 columns, with each of its options and an example.
for command in nmf cp unmix separable nnls info list help; do
    "$rlra" help "$command" >"$command.txt" || echo "help $command failed"
    "$rlra" "$command" --help >again.txt || echo "$command --help failed"
    cmp "$command.txt" again.txt
    awk -v c="$command" 'length > 100 { print c ": " length " columns: " $0 }' "$command.txt"
    grep -q "^usage: rlra $command" "$command.txt" || echo "$command: no usage line"
    grep -q "^  rlra $command" "$command.txt" || echo "$command: no example"
done
"$rlra" list --json | python3 -c '
import json, sys
for option in json.load(sys.stdin)["options"]:
    typed = "--" + option["name"].replace("_", "-")
    only_nnls = option["name"] in ("loss", "beta", "sparsity")
    for command in ("nnls",) if only_nnls else ("nmf", "cp", "unmix"):
        text = open(command + ".txt").read()
        if typed not in text or option["help"].split()[0] not in text:
            print(command, "does not explain", typed)
'
"$rlra" | head -n 1
"$rlra" --help | head -n 1
"$rlra" --version | sed 's/ .*//' | head -n 1
"$rlra" --version | grep -c -E '^  (compiler|BLAS|threads|precisions|kernels|features) '
