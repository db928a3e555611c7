//! What the dialect writes, run by SQLite.

mod lists;

use orm_core::sql::ddl::{CreateSchema, DropSchema};
use orm_core::sql::schema::{Column, Deferrable, ForeignKey, Index, ReferentialAction, Schema, Table};
use orm_core::sql::{
    Alias, BinaryOp, CompareOp, DeleteStmt, Dialect, FromItem, InsertStmt, MAX_DEPTH, Op, OrderTerm, Param,
    Render, SelectStmt, SqlType, TableRef, Tree, UpdateStmt, func, render, render_row,
};
use orm_core::value::Value;
use rusqlite::Connection;
use rusqlite::types::Value as Stored;

use super::SqliteDialect;

fn t() -> TableRef {
    TableRef::new("t")
}

fn open() -> Connection {
    let db = Connection::open_in_memory().unwrap();
    db.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    db
}

fn stored(param: &Param) -> Stored {
    match param {
        Param::Value(Value::Null) => Stored::Null,
        Param::Value(Value::Bool(v)) => Stored::Integer(i64::from(*v)),
        Param::Value(Value::Int(v)) => Stored::Integer(*v),
        Param::Value(Value::Real(v)) => Stored::Real(*v),
        Param::Value(Value::Text(v)) => Stored::Text(v.clone()),
        Param::Value(Value::Blob(v)) => Stored::Blob(v.clone()),
        Param::Given(n) => panic!("parameter {n} isn't given"),
    }
}

/// The first column of every row.
#[track_caller]
fn run(db: &Connection, what: &dyn Render) -> Vec<Stored> {
    let rendered = render(what, &SqliteDialect);
    query(db, &rendered.sql, rendered.params.iter().map(stored).collect())
}

#[track_caller]
fn query(db: &Connection, sql: &str, params: Vec<Stored>) -> Vec<Stored> {
    let mut statement = db.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let rows = statement.query_map(rusqlite::params_from_iter(params), |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

fn numbers(list: impl IntoIterator<Item = i64>) -> Vec<Stored> {
    list.into_iter().map(Stored::Integer).collect()
}

fn int(v: i64) -> Tree {
    Tree::Value(Value::Int(v))
}

fn a() -> Tree {
    t().column("a").into()
}

/// A table `t` with 1 to 5 in `a`, and in `b` texts, the last of them `NULL`.
fn five() -> Connection {
    let db = open();
    db.execute_batch(
        "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT);
         INSERT INTO t VALUES (1, 'one'), (2, 'tw_o'), (3, 'th%ree'), (4, 'fo\\ur'), (5, NULL)",
    )
    .unwrap();
    db
}

#[test]
fn queries_run() {
    let db = five();
    let all = || SelectStmt::new().item(t().column("a")).from(t()).order_by(OrderTerm::asc(a()));
    let b = || Tree::from(t().column("b"));
    assert_eq!(run(&db, &all().offset(int(3))), numbers([4, 5]));
    assert_eq!(run(&db, &all().limit(int(2)).offset(int(1))), numbers([2, 3]));
    assert_eq!(run(&db, &all().filter(a().in_list(vec![]))), []);
    assert_eq!(run(&db, &all().filter(a().in_list(vec![]).not())), numbers(1..=5));
    assert_eq!(run(&db, &all().filter(a().in_list(vec![int(1), Value::Null.into()]))), numbers([1]));
    assert_eq!(run(&db, &all().filter(a().in_list(vec![int(1), Value::Null.into()]).not())), []);
    assert_eq!(run(&db, &all().filter(b().compare(CompareOp::Same, Tree::text("NULL")))), numbers([5]));
    assert_eq!(run(&db, &all().filter(b().compare(CompareOp::Distinct, Value::Null.into()))), numbers(1..=4));
    for (part, found) in [("_", 2), ("%", 3), ("\\", 4)] {
        assert_eq!(run(&db, &all().filter(b().contains(part))), numbers([found]), "{part}");
    }
    let pair = Tree::node(Op::Tuple, vec![a(), b()]);
    let row = |a: i64, b: &str| Tree::node(Op::Tuple, vec![int(a), Value::Text(b.into()).into()]);
    let rows = vec![row(1, "one"), row(2, "two")];
    assert_eq!(run(&db, &all().filter(pair.clone().in_list(rows.clone()))), numbers([1]));
    assert_eq!(run(&db, &all().filter(pair.in_list(rows).not())), numbers([2, 3, 4, 5]));
    let other = t().aliased(Alias::Number(1));
    let next = a().binary(BinaryOp::Add, int(1)).equals(other.column("a").into());
    let joined = FromItem::from(t())
        .left_join(FromItem::from(other.clone()).join(t().aliased(Alias::Number(2)), Tree::text("1")), next);
    let counted = SelectStmt::new()
        .item(func::call("count", [Tree::node(Op::Distinct, vec![other.column("a").into()])]))
        .from(joined);
    assert_eq!(run(&db, &counted), numbers([4]));
    let larger = Tree::from(other.column("a")).compare(CompareOp::Gt, a());
    let last = Tree::exists(SelectStmt::new().from(other.clone()).filter(larger)).not();
    assert_eq!(run(&db, &all().filter(last)), numbers([5]));
    let odd = SelectStmt::new().item(a()).from(t()).filter(a().compare(CompareOp::Lt, int(3)));
    assert_eq!(run(&db, &all().filter(a().in_select(odd.clone()))), numbers([1, 2]));
    let anon = TableRef::new("anon").aliased(Alias::Number(1));
    let wrapped = SelectStmt::new().item(anon.column("a")).from(odd.limit(int(1)).aliased(anon.clone()));
    assert_eq!(run(&db, &wrapped), numbers([1]));
    assert_eq!(run(&db, &SelectStmt::new()), numbers([1]));
}

#[test]
fn changes_run() {
    let db = open();
    db.execute_batch("CREATE TABLE t (a INTEGER PRIMARY KEY, \"b\"\"b\" TEXT DEFAULT 'none')").unwrap();
    let all = SelectStmt::new().item(t().column("a")).from(t()).order_by(OrderTerm::asc(a()));
    let change = |what: &dyn Render, changed: i64| {
        assert_eq!(run(&db, what), []);
        assert_eq!(run(&db, &SelectStmt::new().item(Tree::text("changes()"))), numbers([changed]));
    };
    change(&InsertStmt::new(t()), 1);
    change(&InsertStmt::new(t()).set("b\"b", Value::Text("'x\"".into())), 1);
    change(&UpdateStmt::new(t()).set("a", a().binary(BinaryOp::Mul, int(5))).filter(a().equals(int(2))), 1);
    assert_eq!(run(&db, &all), numbers([1, 10]));
    change(&DeleteStmt::new(t()).filter(a().equals(int(2))), 0);
    change(&DeleteStmt::new(t()).filter(a().equals(int(1))), 1);
    assert_eq!(run(&db, &all), numbers([10]));
    // Of one row, with names alone.
    let row = |what: &dyn Render| render_row(what, &SqliteDialect).sql;
    let is = |at: usize| a().equals(Tree::Param(at));
    let b = || Tree::from(t().column("b\"b"));
    let insert = row(&InsertStmt::new(t()).set("b\"b", Tree::Param(0)));
    let update = row(&UpdateStmt::new(t()).set("b\"b", Tree::Param(0)).filter(is(1)));
    let delete = row(&DeleteStmt::new(t()).filter(is(0)).filter(b().equals(Tree::Param(1))));
    let select = row(&SelectStmt::new().item(a()).from(t()).filter(is(0)));
    assert_eq!(db.execute(&insert, ["new"]).unwrap(), 1);
    assert_eq!(db.execute(&update, ("changed", 11)).unwrap(), 1);
    assert_eq!(db.execute(&delete, (11, "new")).unwrap(), 0);
    assert_eq!(query(&db, &select, numbers([11])), numbers([11]));
    assert_eq!(db.execute(&delete, (11, "changed")).unwrap(), 1);
}

#[test]
fn max_parameters_is_the_limit() {
    let db = five();
    // Blobs are bound one by one, however many they are.
    let blob = |n: i64| Tree::Value(Value::Blob(n.to_be_bytes().to_vec()));
    let select = |n: i64| SelectStmt::new().from(t()).filter(a().in_list((0..n).map(blob)).not());
    let most = i64::try_from(SqliteDialect.max_parameters()).unwrap();
    assert_eq!(run(&db, &select(most)).len(), 5);
    assert!(db.prepare(&render(&select(most + 1), &SqliteDialect).sql).is_err());
}

fn id() -> Column {
    Column::new("id", SqlType::BigInt).generated_key()
}

fn execute(db: &Connection, statements: &[String]) -> rusqlite::Result<()> {
    db.execute_batch(&format!("BEGIN; {}; COMMIT", statements.join(";\n")))
}

fn tables(db: &Connection) -> Vec<Stored> {
    query(db, "SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'", vec![])
}

/// `a` and `b` reference each other, and `a` itself.
fn cycle(change: impl Fn(ForeignKey) -> ForeignKey) -> Schema {
    let key = |column: &str, to: &str| change(ForeignKey::new([column], to, ["id"]));
    let column = |name: &str| Column::new(name, SqlType::BigInt).nullable();
    let mut schema = Schema::new();
    let a = Table::new("a").column(id()).column(column("b_id")).column(column("a_id"));
    schema
        .add(a.foreign_key(key("b_id", "b")).foreign_key(key("a_id", "a")).index(Index::new(["b_id"])))
        .unwrap();
    let b = Table::new("b").column(id()).column(column("a_id"));
    schema.add(b.foreign_key(key("a_id", "a"))).unwrap();
    schema
}

#[test]
fn a_cycle_with_rows_is_created_and_dropped() {
    let changes: [fn(ForeignKey) -> ForeignKey; 5] = [
        |key| key,
        |key| key.on_delete(ReferentialAction::Restrict),
        |key| key.on_delete(ReferentialAction::Cascade).on_update(ReferentialAction::SetNull),
        |key| key.deferrable(Deferrable::InitiallyDeferred),
        |key| key.deferrable(Deferrable::InitiallyImmediate).on_delete(ReferentialAction::SetDefault),
    ];
    for change in changes {
        let (db, schema) = (open(), cycle(change));
        let create = CreateSchema::new(&schema).if_not_exists().statements(&SqliteDialect).unwrap();
        execute(&db, &create).unwrap();
        execute(&db, &create).unwrap();
        assert_eq!(tables(&db), numbers([3]));
        db.execute_batch(
            "INSERT INTO a (a_id) VALUES (1); INSERT INTO b (a_id) VALUES (1); UPDATE a SET b_id = 1",
        )
        .unwrap();
        let drop = DropSchema::new(&schema).if_exists().statements(&SqliteDialect);
        execute(&db, &drop).unwrap();
        execute(&db, &drop).unwrap();
        assert_eq!(tables(&db), numbers([0]));
        let deferred = query(&db, "PRAGMA defer_foreign_keys", vec![]);
        assert_eq!(deferred, numbers([0]), "the transaction's end must switch it off again");
    }
}

#[test]
fn a_table_that_restricts_itself_is_dropped_with_its_rows() {
    let (db, mut schema) = (open(), Schema::new());
    let key = ForeignKey::new(["boss"], "employee", ["id"]).on_delete(ReferentialAction::Restrict);
    let boss = Column::new("boss", SqlType::BigInt);
    schema.add(Table::new("employee").column(id()).column(boss).foreign_key(key)).unwrap();
    execute(&db, &CreateSchema::new(&schema).statements(&SqliteDialect).unwrap()).unwrap();
    db.execute_batch("INSERT INTO employee VALUES (1, 1), (2, 1), (3, 2)").unwrap();
    execute(&db, &DropSchema::new(&schema).statements(&SqliteDialect)).unwrap();
    assert_eq!(tables(&db), numbers([0]));
}

#[test]
fn dropping_half_of_a_cycle_that_is_in_use_fails() {
    let (db, schema) = (open(), cycle(|key| key));
    execute(&db, &CreateSchema::new(&schema).statements(&SqliteDialect).unwrap()).unwrap();
    db.execute_batch("INSERT INTO a DEFAULT VALUES; INSERT INTO b (a_id) VALUES (1)").unwrap();
    let drop = DropSchema::new(&schema).only(|table| table.name == "a").statements(&SqliteDialect);
    assert!(execute(&db, &drop).is_err());
    db.execute_batch("ROLLBACK").unwrap();
    assert_eq!(tables(&db), numbers([3]));
}

#[test]
fn a_generated_key_is_the_row_number() {
    let db = open();
    let mut schema = Schema::new();
    let flag = Column::new("flag", SqlType::Boolean).server_default("1 + 1");
    schema.add(Table::new("Order").column(id()).column(flag)).unwrap();
    schema
        .add(
            Table::new("pair")
                .column(Column::new("x", SqlType::SmallInt).key())
                .column(Column::new("y", SqlType::Text).key())
                .column(Column::new("z", SqlType::Double).nullable().server_default("CURRENT_TIMESTAMP")),
        )
        .unwrap();
    let statements = CreateSchema::new(&schema).statements(&SqliteDialect).unwrap();
    assert_eq!(
        statements,
        [
            r#"CREATE TABLE "Order" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "flag" BOOLEAN DEFAULT (1 + 1) NOT NULL
)"#,
            r#"CREATE TABLE "pair" (
    "x" INTEGER NOT NULL,
    "y" TEXT NOT NULL,
    "z" REAL DEFAULT (CURRENT_TIMESTAMP),
    PRIMARY KEY ("x", "y")
)"#
        ]
    );
    execute(&db, &statements).unwrap();
    let order = TableRef::new("Order");
    run(&db, &InsertStmt::new(order.clone()).set("id", Value::Int(7)));
    let row = run(&db, &SelectStmt::new().item(order.column("flag")).from(order));
    assert_eq!(row, numbers([2]));
    assert_eq!(query(&db, "SELECT rowid FROM \"Order\"", vec![]), numbers([7]));
    for (name, there) in [("order", true), ("pair", true), ("pai_", false), ("sqlite_master", false)] {
        let found = query(&db, &SqliteDialect.table_exists(None), vec![Stored::Text(name.into())]);
        assert_eq!(!found.is_empty(), there, "{name}");
    }
    let composite = Table::new("no").column(id()).column(Column::new("x", SqlType::Text).key());
    schema.add(composite).unwrap();
    assert!(CreateSchema::new(&schema).statements(&SqliteDialect).is_err());
}

/// Random expressions mean the same with the parentheses that the renderer leaves out.
#[test]
fn parentheses_keep_the_meaning() {
    let db = open();
    let mut random = Random(7);
    let mut shorter = 0;
    for _ in 0..20_000 {
        let tree = random.tree(4);
        let rendered = render(&tree, &SqliteDialect);
        let params: Vec<Stored> = rendered.params.iter().map(stored).collect();
        let full = full(&tree);
        let result = query(&db, &format!("SELECT {}", rendered.sql), params.clone());
        assert_eq!(result, query(&db, &format!("SELECT {full}"), params), "{}\n{full}", rendered.sql);
        shorter += usize::from(rendered.sql.len() < full.len());
    }
    assert!(shorter > 10_000);
}

struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn many(&mut self, count: usize, depth: usize) -> Vec<Tree> {
        (0..count).map(|_| self.tree(depth)).collect()
    }

    fn list(&mut self, depth: usize) -> Vec<Tree> {
        let count = self.below(4);
        self.many(count, depth)
    }

    fn tree(&mut self, depth: usize) -> Tree {
        use {BinaryOp as B, CompareOp as C};
        const COMPARE: [CompareOp; 8] = [C::Eq, C::Ne, C::Lt, C::Le, C::Gt, C::Ge, C::Same, C::Distinct];
        const BINARY: [BinaryOp; 5] = [B::Add, B::Sub, B::Mul, B::Div, B::Concat];
        if depth == 0 {
            let number = i64::try_from(self.below(4)).unwrap();
            return if number == 0 { Tree::text("NULL") } else { int(number) };
        }
        let d = depth - 1;
        match self.below(11) {
            0 => Tree::node(Op::Compare(COMPARE[self.below(8)]), self.many(2, d)),
            1 | 2 => Tree::node(Op::Binary(BINARY[self.below(5)]), self.many(2, d)),
            3 => Tree::node(Op::And, self.list(d)),
            4 => Tree::node(Op::Or, self.list(d)),
            5 | 6 => Tree::node(Op::Not, self.many(1, d)),
            7 => Tree::node(Op::IsNull, self.many(1, d)),
            8 => {
                let count = 1 + self.below(4);
                Tree::node(Op::In, self.many(count, d))
            }
            9 => Tree::node(Op::Between, self.many(3, d)),
            _ => Tree::node(Op::Like(None), self.many(2, d)),
        }
    }
}

/// With every parenthesis, and `NOT` always by itself.
fn full(tree: &Tree) -> String {
    let joined = |list: &[Tree], word: &str| list.iter().map(full).collect::<Vec<_>>().join(word);
    let (op, operands) = match tree {
        Tree::Value(_) => return "?".to_owned(),
        Tree::Text(sql) => return sql.clone(),
        Tree::Node(op, _, operands) => (op, operands.as_slice()),
        other => panic!("not made here: {other:?}"),
    };
    match (op, operands) {
        (Op::Compare(op), [a, b]) => {
            let word = match op {
                CompareOp::Eq => "=",
                CompareOp::Ne => "<>",
                CompareOp::Lt => "<",
                CompareOp::Le => "<=",
                CompareOp::Gt => ">",
                CompareOp::Ge => ">=",
                CompareOp::Same => "IS",
                CompareOp::Distinct => "IS NOT",
            };
            format!("({} {word} {})", full(a), full(b))
        }
        (Op::Binary(op), [a, b]) => {
            let word = match op {
                BinaryOp::Add => "+",
                BinaryOp::Sub => "-",
                BinaryOp::Mul => "*",
                BinaryOp::Div => "/",
                BinaryOp::Rem => "%",
                BinaryOp::Concat => "||",
                BinaryOp::BitAnd => "&",
                BinaryOp::BitOr => "|",
                BinaryOp::ShiftLeft => "<<",
                BinaryOp::ShiftRight => ">>",
            };
            format!("({} {word} {})", full(a), full(b))
        }
        (Op::And, []) => "(1)".to_owned(),
        (Op::Or, []) => "(0)".to_owned(),
        // One term is itself, not its truth.
        (Op::And | Op::Or, [only]) => full(only),
        (Op::And, list) => format!("({})", joined(list, " AND ")),
        (Op::Or, list) => format!("({})", joined(list, " OR ")),
        (Op::Not, [a]) => format!("(NOT {})", full(a)),
        (Op::IsNull, [a]) => format!("({} IS NULL)", full(a)),
        (Op::In, [_]) => "(0)".to_owned(),
        (Op::In, [a, list @ ..]) => format!("({} IN ({}))", full(a), joined(list, ", ")),
        (Op::Between, [a, b, c]) => format!("({} BETWEEN {} AND {})", full(a), full(b), full(c)),
        (Op::Like(None), [a, b]) => format!("({} LIKE {})", full(a), full(b)),
        other => panic!("not made here: {other:?}"),
    }
}

#[test]
fn columns_go_by_the_name_of_their_alias() {
    let db = five();
    let other = t().aliased(Alias::Number(3));
    let condition = Tree::from(other.column("a")).compare(CompareOp::Lt, int(2));
    let select = SelectStmt::new()
        .item(func::call("count", [Tree::node(Op::Star, vec![])]))
        .from(other)
        .filter(condition);
    assert_eq!(run(&db, &select), numbers([1]));
}

/// SQLite counts `a OR b OR c` as nested, and refuses a thousand of them.
#[test]
fn long_conditions_run() {
    let db = five();
    let all = || SelectStmt::new().item(t().column("a")).from(t());
    let any = Tree::any((3..5_000).map(|n| a().equals(int(n))));
    assert_eq!(run(&db, &all().filter(any)), numbers([3, 4, 5]));
    let and = Tree::all((3..5_000).map(|n| a().equals(int(n)).not()));
    assert_eq!(run(&db, &all().filter(and)), numbers([1, 2]));
    let mut separate = all();
    separate.filter = (3..5_000).map(|n| a().equals(int(n)).not()).collect();
    assert_eq!(run(&db, &separate), numbers([1, 2]));
}

/// What is just not too deep for an expression isn't for SQLite either.
#[test]
fn the_deepest_expressions_run() {
    let db = five();
    let deepest = (1..MAX_DEPTH).fold(a().equals(int(1)), |tree, _| tree.is_null());
    assert_eq!(deepest.depth(), MAX_DEPTH);
    let select = SelectStmt::new().item(t().column("a")).from(t()).filter(deepest);
    assert_eq!(run(&db, &select), []);
}
