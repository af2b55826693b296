# `rlra list` walks the registries; --json is valid JSON and holds the same.
"$rlra" list >list.txt
"$rlra" list --json >list.json
python3 - <<'END'
import json
listed = json.load(open("list.json"))
lines = open("list.txt").read().split("\n")
print(sorted(listed))
for family, members in listed["families"].items():
    assert family in lines, family
    for member in members:
        assert set(member) == {"name", "summary", "properties", "reference"}
        assert any(line.startswith("  " + member["name"] + " ") for line in lines), member
names = {family: {member["name"] for member in members} for family, members in listed["families"].items()}
print(sorted(names))
assert {"nonneg", "l1", "l2", "simplex"} <= names["penalty"], names["penalty"]
options = {option["name"]: option for option in listed["options"]}
choices = {"update": names["update"], "init": names["init"]}
for option, offered in choices.items():
    allowed = {name for name in options[option]["choices"].split() if not name.startswith("auto")} - {"model"}
    print(option, sorted(allowed ^ (offered - {"auto", "model"})))
assert options["time_limit"]["most"] is None
print([command["name"] for command in listed["commands"]])
END
