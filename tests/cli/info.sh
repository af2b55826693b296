# `rlra info` shows what files hold; a file that cannot be read does not hide the others; exit codes.
cp "$tests"/../data/io/single.mat "$tests"/../data/io/plain.h5 "$tests"/../data/io/table.csv .
printf 'x,y\n1,nan\n-2,inf\n0,\n' >broken.csv
printf 'x,y\n1,nan\n-2,inf\n0,4\n' >odd.csv
"$rlra" info single.mat plain.h5
echo "exit $?"
"$rlra" info odd.csv plain.h5:/group/big
echo "exit $?"
"$rlra" info broken.csv missing.npy plain.h5:nothing table.csv
echo "exit $?"
"$rlra" info
echo "exit $?"
"$rlra" info --json
echo "exit $?"
