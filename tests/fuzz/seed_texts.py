"""Texts that the corpora of text formats began with; for make_seeds.py."""

TEXTS = {
    "csv": ["a,b\n1,2\n3,4\n", "1 2 3\n4 5 6\n", "x;y\n1,5;2,5\n3,0;-1e-3\n", "\ufeffid\tv\nr1\t1\nr2\t2\n",
            '"a, b","c ""d"""\n1,2\n', "# c\n1,NA\n,3\n", "a,b\r\n1,2\r\n\r\n3,4\r\n", "1\n2\n3\n", "1.234,5;2\n", "1'000;2\n3;4\n",
            "time,a,b\n0.1,1,2\n0.2,3,4\n0.3,5,6\n", "a,b\n1,2\n3\n", "a,b,a\n1,2,3\n4,5,6\n", "x\n1\ninf\n-nan\n",
            "sep=|\na|b\n1|2\n", "title of all\n\nunits,nm,AU\nw,a,b\n400,1,2\n410,3,4\n", "1,2,\n3,4,\n", "2020-01-01,1\n2020-01-02,2\n",
            ",a,b\nr,1,2\ns,3,4\n", "1 234,5\t2\n3 000,1\t4\n", "1e400,2\n", "0x10,1\n", "a\\b,c\n1,2\n", "1,2 # c\n3,4\n",
            "TRUE,FALSE\n1,0\n", "$1,2\n", "5%,6%\n", "1,2\n3,x\n", '"1","2"\n"3","4"\n', "a,b\n1,\"2\n3,4\n"],
    "envi": ["\ufeffENVI\nsamples = 8\nlines = 8\nbands = 4\ndata type = 1\ninterleave = bil\nbyte order = 0\n",
             "ENVI\nsamples = 4\nlines = 4\nbands = 2\ndata type = 5\ninterleave = bip\nbyte order = 0\nbbl = {0, 0}\n",
             "ENVI\nsamples = 16\nlines = 2\nbands = 2\ndata type = 2\ninterleave = bsq\nbyte order = 0\n", "ENVI\nsamples = 4\nlines = 3\nbands = 2\ndata type = 1\ninterleave = bsq\nbyte order = 0\nheader offset = 0\n",
             "ENVI\nsamples = 2\nlines = 3\nbands = 1\ndata type = 4\nfile type = ENVI Spectral Library\n"
             "spectra names = {a, b, c}\nwavelength = {1, 2}\ninterleave = bsq\nbyte order = 0\n",
             "ENVI\nsamples = 2\nlines = 2\nbands = 2\ndata type = 12\ninterleave = bil\nbyte order = 1\n"
             "wavelength = {0.4, 0.5}\nwavelength units = Micrometers\nfwhm = {0.1, 0.1}\nbbl = {1, 0}\n"
             "data ignore value = -9999\nreflectance scale factor = 1e4\ndata gain values = {1, 2}\ndata offset values = {0, 1}\n"
             "band names = {red,\n blue}\ndefault bands = {1}\nmap info = {UTM, 1, 1}\ndescription = {two\n lines}\n",
             "ENVI\nsamples = 2\nlines = 2\nbands = 2\ndata type = 6\ninterleave = bip\nbyte order = 0\n",
             "ENVI\nsamples = 2\nlines = 2\nbands = 2\ndata type = 4\ninterleave = bip\nbyte order = 0\nheader offset = 300\n"]
            + [f"ENVI\nsamples = 2\nlines = 2\nbands = 2\ndata type = {k}\ninterleave = {i}\nbyte order = {k % 2}\n"
               f"data ignore value = 0\nunknown = {{1, 2\n" for k, i in zip((2, 3, 5, 9, 12, 13, 14, 15), "bsq bil bip bsq bsq bil xyz bsq".split())],
    "mtx": [f"%%MatrixMarket matrix {form} {field} {symmetry}\n% c\n{body}"
            for form, field, symmetry, body in (
                ("coordinate", "real", "general", "2 3 2\n1 1 2.5\n2 3 -1\n"), ("coordinate", "pattern", "symmetric", "2 2 2\n1 1\n2 1\n"),
                ("coordinate", "integer", "skew-symmetric", "3 3 1\n2 1 4\n"), ("array", "real", "general", "2 2\n1\n2\n3\n4\n"),
                ("array", "real", "symmetric", "2 2\n1\n2\n3\n"), ("array", "real", "skew-symmetric", "2 2\n1\n"),
                ("coordinate", "complex", "hermitian", "1 1 1\n1 1 1 0\n"), ("coordinate", "real", "general", "2 2 3\n1 1 1\n"),
                ("coordinate", "real", "general", "2 2 1\n3 1 1\n"), ("array", "integer", "general", "2 2\n1 2\n3 4\n"),
                ("coordinate", "real", "general", "2000000000 2000000000 1\n1 1 1\n"), ("coordinate", "real", "general", "0 0 0\n"),
                ("coordinate", "double", "symmetric", "2 2 1\n1 2 1\n"), ("vector", "real", "general", "2\n1\n"))]
           + ["2 2 2\n1 1 1.5\n2 2 2\n", "% c\n3 3 1\n1 1 1 1\n", "%%MatrixMarket tensor x y z\n", "%%MatrixMarket matrix array pattern general\n",
              "%%MatrixMarket matrix coordinate real strange\n1 1 1\n1 1 1\n", "%%MatrixMarket matrix coordinate real symmetric\n2 3 1\n1 1 1\n",
              "%%MatrixMarket matrix array real general\n1000 1000\n1\n", "%%MatrixMarket matrix array real general\n2 2\n1\n2 x\n", "%%MatrixMarket matrix coordinate real general\n2 2 1\n1 1 1\n2 2 2\n"]
           + ["%%MatrixMarket Matrix Coordinate Real General\r\n2 2 1\r\n1 1 1\r\n\r\nmore\n"],
    "tns": ["1 1 1 2.5\n2 3 1 -1\n", "# c\n1 1 1\n2 2 nan\n", "3\n2 2 2\n1 1 1 1.5\n", "0 0 5\n", "1 1 1 1 1 1 1 1 1 1\n",
            "1 1 1\n1 1\n", "1 1 x\n", "1.5 1 1\n", "-1 1 1\n", "sptensor\n3\n2 2 2\n1\n1 1 1 3.5\n", "99999999999999999999 1 1\n"],
    "toolbox": ["tensor\n3\n2 2 1\n1\n2\n3\n4\n", "matrix\n2\n2 2\n1 2\n3 4\n", "tensor\n1\n3\n1\n2\n3\n", "ktensor\n3\n2 2 2\n1\n",
                "ttensor\n1\n", "tensor\n3\n2 2\n1\n", "tensor\n2\n2 2\n1\n2\n", "tensor\n2\n2 2\n1\n2\n3\n4\n5\n", "matrix\n2\n2 x\n",
                "tensor\n2\n99999999 99999999\n1\n", "tensor\n-1\n2\n", "tensor\n2\n2 2\n1\nx\n3\n4\n", "% c\ntensor\n2\n1 1\n1\n",
                "tensor\n9\n1 1 1 1 1 1 1 1 1\n1\n", "tensor\n2\n0 3\n"],
    "octave": [f"# Created by Octave 7.3.0, Mon Jan 01 00:00:00 2024 UTC <u@h>\n{body}\n\n" for body in (
        "# name: x\n# type: matrix\n# rows: 2\n# columns: 2\n 1 2\n 3 NaN", "# name: x\n# type: scalar\n2.5",
        "# name: T\n# type: matrix\n# ndims: 3\n 2 1 2\n 1\n 2\n 3\n 4", "# name: S\n# type: sparse matrix\n# nnz: 1\n# rows: 2\n# columns: 2\n2 1 5",
        "# name: t\n# type: string\n# elements: 2\n# length: 2\nab\n# length: 2\ncd", "# name: r\n# type: range\n# base, limit, increment\n0 3 0.5",
        "# name: b\n# type: bool matrix\n# rows: 1\n# columns: 2\n 1 0", "# name: c\n# type: cell\n# rows: 1\n# columns: 1\n# name: <cell-element>\n# type: scalar\n1\n",
        "# name: s\n# type: scalar struct\n# ndims: 2\n 1 1\n# length: 1\n# name: a\n# type: scalar\n1\n",
        "# name: i\n# type: int8 matrix\n# ndims: 2\n 1 2\n  1\n  2", "# name: D\n# type: diagonal matrix\n# rows: 2\n# columns: 2\n1\n2",
        "# name: z\n# type: complex matrix\n# rows: 1\n# columns: 1\n (1,2)", "# name: f\n# type: float matrix\n# rows: 1\n# columns: 1\n 1",
        "# name: e\n# type: matrix\n# rows: 0\n# columns: 3", "# name: u\n# type: unknown thing\n1 2\n# name: y\n# type: bool\n1",
        "# name: q\n# type: sq_string\n# elements: 1\n# length: 0\n", "# name: n\n# type: null_matrix\n# rows: 0\n# columns: 0")],
    "words": ["tolerance=x\nrank=x\ntolerance=-1\nnosuch=1\nupdate=none\nrank=\nx=\n=\nholdout=2\ndecrease=nan\n", "rank=3\nupdate=hals\ntolerance=1e-3\nthreads=0\nloss=kl\nbeta=0.5\ninit=nndsvd\nrank=-1\nrank=9999999999999999999\n",
              "nonneg,l1=0.1\nl1=1,l2=1\nsimplex\nlower=0,upper=1\nupper=-1,lower=1\nhard_sparsity=2\nnone\nl1=nan\nl1\n,\nnonneg,,l1=1\n",
              ":x\n:t\n:y\n:z\n:xy\n", ":x\n:\n::a:b\n:a/b\n.x:y\nmissing:z\n:0\n", "1.5\n1,5\n-1e-400\n1e400\n.5\n5.\n+3\nnan\n-inf\ninfinity\n1e\n123456789012345678901234567890\n0x1\n1d5\n",
              "holdout=0.1\nseed=1\nextrapolate=none\norder=random\ngamma=1\nrho=2\npass=gram\nnode-limit=5\nreach=1\ntime_limit=inf\n"],
}  # fmt: skip
