//! Tables: what is read, learnt and refused.

use backprop::data::{Column, Columns, Error, Format, Labels, Table, number, one_hot};
use std::path::{Path, PathBuf};

fn table(text: &str) -> Table {
    Format::default().parse(text.as_bytes()).expect("a table")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/tables")
}

fn refused(text: &str, column: Column) -> String {
    let table = table(text);
    let columns = match Columns::learn(&table, [column]) {
        Ok(columns) => columns,
        Err(error) => return error.to_string(),
    };
    columns.encode::<f32, 1>(&table).expect_err("something is wrong").to_string()
}

#[test]
fn the_projects_tables_are_read() {
    let iris = Table::read(folder().join("iris.csv")).expect("a table");
    let features = iris.names_but(&["species"]).expect("a column");
    let xs: Vec<[f64; 4]> = Columns::learn(&iris, features).expect("numbers").encode(&iris).expect("numbers");
    assert_eq!((xs.len(), xs[0], xs[149]), (150, [5.1, 3.5, 1.4, 0.2], [5.9, 3.0, 5.1, 1.8]));
    let labels = Labels::learn(&iris, "species").expect("species");
    assert_eq!(labels.names(), ["setosa", "versicolor", "virginica"]);
    let counts = |labels: &[usize], class| labels.iter().filter(|label| **label == class).count();
    let ys = labels.encode(&iris).expect("species");
    assert!((0..3).all(|class| counts(&ys, class) == 50));

    // Parts of a shuffled table are all of it, in an order of the seed.
    let (train, test) = iris.clone().shuffled(3).split(0.2);
    assert_eq!((train.len(), test.len()), (120, 30));
    let (train_ys, test_ys) =
        (labels.encode(&train).expect("species"), labels.encode(&test).expect("species"));
    assert!((0..3).all(|class| counts(&train_ys, class) + counts(&test_ys, class) == 50));
    assert_eq!(labels.encode(&iris.clone().shuffled(3).split(0.2).1).expect("species"), test_ys);
    assert_ne!(labels.encode(&iris.shuffled(4).split(0.2).1).expect("species"), test_ys);

    let wine = Table::read(folder().join("wine.csv")).expect("a table");
    assert_eq!((wine.len(), wine.names().len()), (178, 14));
    let digits = Table::read(folder().join("digits.csv")).expect("a table");
    assert_eq!(Labels::learn(&digits, "digit").expect("digits").names().len(), 10);
    assert_eq!((digits.len(), digits.names().len()), (1797, 65));
    let sunspots = Table::read(folder().join("sunspots.csv")).expect("a table");
    let years: Vec<[f64; 2]> =
        Columns::learn(&sunspots, ["year", "sunspots"]).expect("numbers").encode(&sunspots).expect("numbers");
    assert_eq!((years.len(), years[0], years[308]), (309, [1700.0, 5.0], [2008.0, 2.9]));
}

#[test]
fn categories_are_in_order() {
    let numbers = table("n\n10\n9\n-1\n9\n");
    assert_eq!(Labels::learn(&numbers, "n").expect("labels").names(), ["-1", "9", "10"]);
    let words =
        Format::default().delimiter(b'\t').parse("\u{feff}w\tv\nb \t1\n a\t2\n".as_bytes()).expect("a table");
    let labels = Labels::learn(&words, "w").expect("labels");
    assert_eq!((labels.names(), labels.name(2)), (["a", "b"].map(String::from).as_slice(), None));
    assert_eq!(words.fields("w").expect("a column").collect::<Vec<_>>(), [Some("b"), Some("a")]);
}

/// What is learnt from one table is applied to another.
#[test]
fn means_and_categories_are_those_of_the_training_set() {
    let train = table("a,k\n1,x\nNA,y\n3,x\n");
    let test = table("k,a\ny,\nz,10\n");
    let columns = Columns::learn(&train, [number("a").or_mean(), one_hot("k").or_zeros()]).expect("columns");
    assert_eq!(columns.names(), ["a", "k=x", "k=y"]);
    let xs: Vec<[f32; 3]> = columns.encode(&test).expect("rows");
    assert_eq!(xs, [[2.0, 0.0, 1.0], [10.0, 0.0, 0.0]]);
    let columns = Columns::learn(&train, [number("a").or(f64::NAN)]).expect("columns");
    assert!(columns.encode::<f32, 1>(&test).expect("rows")[0][0].is_nan());
    assert_eq!(train.complete(&["a"]).expect("a column").len(), 2);

    let known = Columns::learn(&test, [one_hot("k")]).expect("columns");
    let error = known.encode::<f32, 2>(&table("k\nx\n")).expect_err("unknown");
    assert!(matches!(&error, Error::UnknownCategory { line: 2, .. }));
    assert!(
        error
            .to_string()
            .contains("line 2, column `k`: `x` is none of the categories that were learnt, `y`, `z`")
    );
}

#[test]
fn mistakes_are_named() {
    let text = refused("a\n1\ntwo\n", number("a"));
    assert!(text.contains("line 3, column `a`: `two` is not a number"), "{text}");
    assert!(refused("a\n1\ninf\n", number("a")).contains("`inf` is not a number"));
    assert!(refused("a,b\n1,2\n,3\n", number("a")).contains("line 3, column `a`: the value is missing"));
    assert!(refused("a,b\n1,2\n", number("c")).contains("no column is named `c`; there are `a`, `b`"));
    assert!(refused("a\n", number("a")).contains("no samples"));
    assert!(
        refused("a\nx\ny\n", one_hot("a")).contains("has 1 numbers, but the columns give 2: `a=x`, `a=y`")
    );
    assert!(refused("a,b\n,1\n", one_hot("a")).contains("the value is missing"));
    assert!(refused("a,b\nNA,1\n", number("a").or_mean()).contains("no samples"));
    let text = Format::default().parse("a,b\n1,2\n3\n".as_bytes()).expect_err("a short row").to_string();
    assert!(text.contains("line: 3"), "{text}");
    let text = Format::default().parse([b'a', b'\n', 0xff].as_slice()).expect_err("no text").to_string();
    assert!(text.to_lowercase().contains("utf-8"), "{text}");
    let text = Table::read(folder().join("none.csv")).expect_err("no file").to_string();
    assert!(text.contains("none.csv"), "{text}");
    let long = refused(&format!("a\n{}\n", "x".repeat(5000)), number("a"));
    assert!(long.len() < 300, "{}", long.len());
}
