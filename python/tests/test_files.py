"""Tables in text: what is found in them, what options override, what is reported."""
import warnings

import numpy as np
import pytest

import rlra

pd = pytest.importorskip("pandas")


@pytest.fixture
def frame(rng):
    return pd.DataFrame(rng.random((5, 3)), columns=["a", "b, c", 'd "1"'])


def load(path, **options):
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always")
        array = rlra.load(path, **options)
    return array, [str(warning.message) for warning in notes]


@pytest.mark.parametrize("index", [None, "numbers", "text"])
@pytest.mark.parametrize("sep", [",", ";", "\t", " "])
@pytest.mark.parametrize("decimal", [".", ","])
def test_tables_of_pandas_are_its_values(frame, index, sep, decimal, tmp_path):
    if index == "text":
        frame.index = [f"s{k}" for k in range(len(frame))]
    frame.to_csv(tmp_path / "a.csv", index=index is not None, sep=sep, decimal=decimal)
    array, notes = load(tmp_path / "a.csv")
    np.testing.assert_array_equal(array, frame.to_numpy())
    assert any("names the columns: a, b, c" in note for note in notes)
    assert any("first column" in note for note in notes) == (index is not None)


def test_index_and_names_are_data_where_options_ask_for_it(frame, tmp_path):
    path = tmp_path / "a.csv"
    frame.to_csv(path)
    array, _ = load(path, first_column="data")
    np.testing.assert_array_equal(array, frame.reset_index().to_numpy())
    array, notes = load(path, skip=1, first_column="data")
    assert array.shape == (5, 4) and not notes
    array, _ = load(path, skip=3, names=2)
    np.testing.assert_array_equal(array, frame.reset_index().to_numpy()[2:])
    (tmp_path / "b.csv").write_text("n.d.;b\n1,234;5\n")
    assert load(tmp_path / "b.csv", names=1, decimal="comma")[0].tolist() == [[1.234, 5]]
    assert load(tmp_path / "b.csv", names=1, grouping=",")[0].tolist() == [[1234, 5]]


def test_words_for_missing_values_are_nan_where_options_ask_for_it(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("x,y\n1,NA\n3,4\n5,#N/A\n2,2\n")
    with pytest.raises(ValueError, match="line 2, column 2: a value is missing"):
        rlra.load(path)
    with pytest.raises(ValueError, match="line 2, column 2: a value is missing"):
        rlra.nmf(path, 1)
    array, _ = load(path, missing="nan")
    np.testing.assert_array_equal(array, [[1, np.nan], [3, 4], [5, np.nan], [2, 2]])
    with pytest.warns(UserWarning, match="line 1 names"):
        assert rlra.nmf(path, 1, missing="nan").report.observed == 6


@pytest.mark.parametrize(("options", "sentence"), [
    ({"skip": -1}, "skip"), ({"names": 0}, "names"), ({"first_column": "both"}, "first_column"),
    ({"decimal": ";"}, "decimal"),
    ({"grouping": "ab"}, "grouping"), ({"missing": "maybe"}, "missing"), ({"names": 9}, "line 9"),
    ({"skip": 9}, "line 10"),
])
def test_wrong_options_are_reported(options, sentence, tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n3,4\n")
    with pytest.raises(ValueError, match=sentence):
        rlra.load(tmp_path / "a.csv", **options)


def test_options_of_text_are_refused_for_other_files(tmp_path):
    np.save(tmp_path / "a.npy", np.eye(2))
    for options in ({"skip": 1}, {"names": "none"}, {"first_column": "data"}, {"decimal": "comma"}, {"grouping": "'"}):
        with pytest.raises(ValueError, match="for tables in text"):
            rlra.load(tmp_path / "a.npy", **options)


def test_tables_of_scikit_learn_are_read_or_refused_at_their_culprit():
    sklearn = pytest.importorskip("sklearn")
    from pathlib import Path

    folder = Path(sklearn.__file__).parent / "datasets/data"
    for name, shape in (("wine_data", (178, 14)), ("breast_cancer", (569, 31))):
        array, notes = load(folder / f"{name}.csv")
        np.testing.assert_array_equal(array, np.loadtxt(folder / f"{name}.csv", delimiter=",", skiprows=1))
        assert array.shape == shape and "line 1 before the table is left out" in notes[0]
    with pytest.raises(ValueError, match="line 1, column 3: expected a number, got 'setosa'"):
        rlra.load(folder / "iris.csv")
    assert load(folder / "iris.csv", skip=1)[0].shape == (150, 5)
    for name in ("linnerud_exercise", "linnerud_physiological"):
        array, notes = load(folder / f"{name}.csv")
        np.testing.assert_array_equal(array, np.loadtxt(folder / f"{name}.csv", skiprows=1))
        assert "line 1 names the columns" in notes[0]
