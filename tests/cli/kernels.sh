# Whatever kernels compute, what is printed is the same; names of kernels that are not here are refused.
for name in avx BASELINE 'avx2,baseline' 'x y'; do
    for arguments in --version 'info nothing.npy' 'nmf nothing.npy -r 2' 'list'; do
        RLRA_KERNELS=$name "$rlra" $arguments >out 2>messages && echo "$name: $arguments is no error"
        sed 's/one of: .*/one of: SETS/' messages
    done | uniq
done
sets=$(RLRA_KERNELS=none "$rlra" --version 2>&1 | sed 's/.*one of: //; s/,//g')
python3 - <<'END'
# Words, documents and columns in pairs and triples that are equal, so that nothing but rounding could separate them.
import random
from arrays import write_npy
random.seed(7)
rows = [[random.choice((0, 1, 1, 2, 3, 5)) for _ in range(13)] for _ in range(23)]
rows = [[n for n in row for _ in range(3)] for row in rows for _ in range(2)]
write_npy("counts.npy", (46, 39), [n for row in rows for n in row])
write_npy("single.npy", (46, 39), [n for row in rows for n in row], "<f4")
open("words.txt", "w").write("".join("w%02d\n" % j for j in range(39)))
open("titles.txt", "w").write("".join("title %d\n" % i for i in range(46)))
END
for set in '' $sets; do
    for file in counts single; do
        {
            RLRA_KERNELS=$set "$rlra" topics $file.npy --vocab words.txt --titles titles.txt -r 3 --init nndsvda --top 12 -o topics | grep '^ *[1-3] ' | sed 's/-*[0-9.]*[0-9]\.[0-9]* %* *//g'
            sed 's/<[^>]*>/ /g' topics/report.html | grep -o 'title [0-9][0-9]*' | tr '\n' ' '
            RLRA_KERNELS=$set "$rlra" separable $file.npy -r 6 -o picked | sed -n '/^ *[1-6] /p'
            RLRA_KERNELS=$set "$rlra" separable $file.npy -r 6 --method spa -o picked | sed -n '/^ *[1-6] /p'
            rm -r topics picked
        } >"$file-${set:-best}.txt" 2>&1
        cmp $file-best.txt "$file-${set:-best}.txt"
    done
done
cat counts-best.txt
