//! Expressions: comparisons, arithmetic, functions, `CASE`, windows.

use super::asked;
use expect_test::expect;
use orm::Expr;
use orm::prelude::*;
use tests::models::*;

#[test]
fn comparisons() {
    asked(
        select(User::name)
            .filter(User::id.ge(1) & User::id.lt(9))
            .filter(User::fullname.is_null() | User::fullname.eq("Ed Jones"))
            .filter(User::name.ne("x"))
            .order_by(User::id.desc()),
        expect![[r#"
            "mary"
            "jack"
            "ed"
            SELECT "user_account"."name" FROM "user_account" WHERE "user_account"."id" >= ? AND "user_account"."id" < ? AND ("user_account"."fullname" IS NULL OR "user_account"."fullname" = ?) AND "user_account"."name" <> ? ORDER BY "user_account"."id" DESC [1, 9, 'Ed Jones', 'x']
        "#]],
    );
}

#[test]
fn lists_and_ranges() {
    let ids = vec![1, 2];
    asked(
        select(User::id).filter(User::id.in_(&ids)),
        expect![[r#"
        1
        2
        SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" IN (?, ?) [1, 2]
    "#]],
    );
    asked(
        select(User::id).filter(User::id.in_(ids.iter().map(|id| id + 1))),
        expect![[r#"
        2
        3
        SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" IN (?, ?) [2, 3]
    "#]],
    );
    asked(
        select(User::id).filter(User::id.not_in([1, 2])),
        expect![[r#"
        3
        SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" NOT IN (?, ?) [1, 2]
    "#]],
    );
    asked(
        select(User::id).filter(User::id.in_(Vec::<i64>::new())),
        expect![[r#"
        SELECT "user_account"."id" FROM "user_account" WHERE 0
    "#]],
    );
    asked(
        select(User::id).filter(User::name.in_(["ed", "jack"])),
        expect![[r#"
        1
        2
        SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."name" IN (?, ?) ['ed', 'jack']
    "#]],
    );
    asked(
        select(User::id).filter(User::fullname.in_([Some("x".to_owned()), None])),
        expect![[r#"
        SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."fullname" IN (?, ?) ['x', NULL]
    "#]],
    );
    asked(
        select(User::id).filter(User::id.between(2, 3_000_000_000)),
        expect![[r#"
        2
        3
        SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" BETWEEN ? AND ? [2, 3000000000]
    "#]],
    );
    asked(
        select(User::id).filter(User::id.in_(select(Order::user_id))),
        expect![[r#"
        1
        SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" IN (SELECT "orders"."user_id" FROM "orders")
    "#]],
    );
    asked(
        select(User::id).filter(User::id.not_in(select(Address::user_id))),
        expect![[r#"
        3
        SELECT "user_account"."id" FROM "user_account" WHERE "user_account"."id" NOT IN (SELECT "address"."user_id" FROM "address")
    "#]],
    );
}

#[test]
fn operands_of_every_kind() {
    let (name, fullname) = ("ed".to_owned(), Some("Ed Jones".to_owned()));
    let conditions: Vec<Expr<bool>> = vec![
        User::name.eq(&name),
        User::name.eq("ed"),
        User::name.eq(name.clone()),
        User::name.eq(std::borrow::Cow::from("ed")),
        User::fullname.eq(&fullname),
        User::fullname.eq(fullname.clone()),
        User::fullname.eq("Ed Jones"),
        User::fullname.ne(None),
        User::id.eq(User::id).and(User::id.eq(1)),
        User::id.eq(&(User::id * 1)).and(User::id.lt(2)),
        User::id.eq(select(func::min(User::id)).scalar()),
        User::id.eq(select(func::min(Address::user_id))),
        User::fullname.is_distinct_from("x").and(User::fullname.is_not_distinct_from("Ed Jones")),
        all_of([User::id.eq(1), User::name.eq("ed")]),
        any_of([User::id.eq(1), User::id.eq(9)]),
        !User::id.ne(1),
    ];
    for condition in conditions {
        let (db, session) = super::session();
        let found = session.scalars(select(User::name).filter(&condition)).unwrap().all();
        assert_eq!(found.unwrap(), ["ed"], "{condition:?}\n{}", db.sql());
    }
}

#[test]
fn a_condition_that_is_absent_or_says_nothing() {
    let wanted: Option<&str> = None;
    asked(
        select(User::id).filter(wanted.map(|name| User::name.eq(name))).filter(()),
        expect![[r#"
        1
        2
        3
        SELECT "user_account"."id" FROM "user_account"
    "#]],
    );
    asked(
        select(User::id).filter(false),
        expect![[r#"
        SELECT "user_account"."id" FROM "user_account" WHERE 0
    "#]],
    );
}

#[test]
fn arithmetic_and_null() {
    let double: Expr<i64> = User::id * 2 + 1;
    let with_null: Expr<Option<i64>> = Order::id + Order::user_id;
    let rest: Expr<i64> = -(User::id - 7) % 4 / 2;
    asked(
        select((double, rest)).order_by(User::id),
        expect![[r#"
        (3, 1)
        (5, 0)
        (7, 0)
        SELECT "user_account"."id" * ? + ?, -("user_account"."id" - ?) % ? / ? FROM "user_account" ORDER BY "user_account"."id" [2, 1, 7, 4, 2]
    "#]],
    );
    asked(
        select((with_null, func::coalesce(Order::user_id, 0) + 1)).order_by(Order::id),
        expect![[r#"
        (Some(2), 2)
        (Some(3), 2)
        (None, 1)
        SELECT "orders"."id" + "orders"."user_id", coalesce("orders"."user_id", ?) + ? FROM "orders" ORDER BY "orders"."id" [0, 1]
    "#]],
    );
    let half: Expr<f64> = User::id.cast::<f64>() / 2;
    asked(
        select(half).order_by(User::id),
        expect![[r#"
        0.5
        1.0
        1.5
        SELECT CAST("user_account"."id" AS REAL) / ? FROM "user_account" ORDER BY "user_account"."id" [2.0]
    "#]],
    );
    asked(
        select(User::id.bit_and(1).bit_or(4).shift_left(1).shift_right(1).bit_not()).order_by(User::id),
        expect![[r#"
            -6
            -5
            -6
            SELECT ~(((("user_account"."id" & ?) | ?) << ?) >> ?) FROM "user_account" ORDER BY "user_account"."id" [1, 4, 1, 1]
        "#]],
    );
}

#[test]
fn texts() {
    asked(
        select((
            func::upper(User::name),
            func::length(User::fullname),
            func::substr_len(User::name, 1, 2),
            func::replace(User::name, "e", "E"),
            User::name.concat(" ").concat(User::fullname),
            func::instr(User::name, "a"),
            func::trim("  x "),
        ))
        .order_by(User::id),
        expect![[r#"
            ("ED", Some(8), "ed", "Ed", Some("ed Ed Jones"), 0, "x")
            ("JACK", None, "ja", "jack", None, 2, "x")
            ("MARY", None, "ma", "mary", None, 2, "x")
            SELECT upper("user_account"."name"), length("user_account"."fullname"), substr("user_account"."name", ?, ?), replace("user_account"."name", ?, ?), "user_account"."name" || ? || "user_account"."fullname", instr("user_account"."name", ?), trim(?) FROM "user_account" ORDER BY "user_account"."id" [1, 2, 'e', 'E', ' ', 'a', '  x ']
        "#]],
    );
    asked(
        select(User::name)
            .filter(User::name.like("%a%"))
            .filter(User::name.ilike("JA%") | User::name.starts_with("m"))
            .filter(User::name.not_like("x%"))
            .order_by(User::name.collate("NOCASE").desc()),
        expect![[r#"
            "mary"
            "jack"
            SELECT "user_account"."name" FROM "user_account" WHERE "user_account"."name" LIKE ? AND (lower("user_account"."name") LIKE lower(?) OR "user_account"."name" LIKE ? ESCAPE '\') AND "user_account"."name" NOT LIKE ? ORDER BY "user_account"."name" COLLATE NOCASE DESC ['%a%', 'JA%', 'm%', 'x%']
        "#]],
    );
    asked(
        select(User::name).filter(User::name.op::<bool>("GLOB", "[ej]*")).order_by(User::id),
        expect![[r#"
            "ed"
            "jack"
            SELECT "user_account"."name" FROM "user_account" WHERE "user_account"."name" GLOB ? ORDER BY "user_account"."id" ['[ej]*']
        "#]],
    );
}

#[test]
fn cases() {
    let size: Expr<String> =
        case().when(User::id.eq(1), "first").when(User::fullname.is_null(), User::name).otherwise("other");
    let perhaps: Expr<Option<i64>> = case().when(User::id.gt(1), User::id).end();
    asked(
        select((size, perhaps)).order_by(User::id),
        expect![[r#"
        ("first", None)
        ("jack", Some(2))
        ("mary", Some(3))
        SELECT CASE WHEN "user_account"."id" = ? THEN ? WHEN "user_account"."fullname" IS NULL THEN "user_account"."name" ELSE ? END, CASE WHEN "user_account"."id" > ? THEN "user_account"."id" END FROM "user_account" ORDER BY "user_account"."id" [1, 'first', 'other', 1]
    "#]],
    );
}

#[test]
fn aggregates() {
    asked(
        select((
            func::count_all(),
            func::count(User::fullname),
            func::sum(User::id),
            func::avg(User::id),
            func::min(User::name),
            func::max(User::fullname),
            func::total(User::id),
            func::group_concat(User::name, "+"),
        )),
        expect![[r#"
            (3, 1, Some(6), Some(2.0), Some("ed"), Some("Ed Jones"), 6.0, Some("ed+jack+mary"))
            SELECT count(*), count("user_account"."fullname"), sum("user_account"."id"), avg("user_account"."id"), min("user_account"."name"), max("user_account"."fullname"), total("user_account"."id"), group_concat("user_account"."name", ?) FROM "user_account" ['+']
        "#]],
    );
    asked(
        select((
            func::count(Address::user_id).distinct(),
            func::count_all().filter(Address::email.ends_with("@x")),
        ))
        .from(Address),
        expect![[r#"
            (2, 2)
            SELECT count(DISTINCT "address"."user_id"), count(*) FILTER (WHERE substr(CAST(lower(? || "address"."email") AS BLOB), ?) = CAST(lower(?) AS BLOB)) FROM "address" ['-', -2, '@x']
        "#]],
    );
    let rows = func::count(Order::id).label("rows");
    asked(
        select((User::name, &rows))
            .outer_join(User::orders)
            .group_by(User::id)
            .having(func::count(Order::id).lt(5))
            .order_by((rows.desc(), User::id)),
        expect![[r#"
            ("ed", 2)
            ("jack", 0)
            ("mary", 0)
            SELECT "user_account"."name", count("orders"."id") AS "rows" FROM "user_account" LEFT JOIN "orders" ON "user_account"."id" = "orders"."user_id" GROUP BY "user_account"."id" HAVING count("orders"."id") < ? ORDER BY "rows" DESC, "user_account"."id" [5]
        "#]],
    );
}

#[test]
fn windows() {
    asked(
        select((
            Address::email,
            func::row_number().over(window().partition_by(Address::user_id).order_by(Address::id.desc())),
            func::sum(Address::id).over(window().order_by(Address::id).rows(None, 0)),
            func::lag(Address::id).over(window().order_by(Address::id)),
            func::count_all().over(window()),
        ))
        .order_by(Address::id),
        expect![[r#"
            ("ed@x", 2, Some(1), None, 3)
            ("ed@y", 1, Some(3), Some(1), 3)
            ("jack@x", 1, Some(6), Some(2), 3)
            SELECT "address"."email", row_number() OVER (PARTITION BY "address"."user_id" ORDER BY "address"."id" DESC), sum("address"."id") OVER (ORDER BY "address"."id" ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW), lag("address"."id") OVER (ORDER BY "address"."id"), count(*) OVER () FROM "address" ORDER BY "address"."id"
        "#]],
    );
}

#[test]
fn orders_and_nulls() {
    asked(
        select(User::fullname).order_by((User::fullname.desc().nulls_first(), User::id.asc())),
        expect![[r#"
            None
            None
            Some("Ed Jones")
            SELECT "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."fullname" DESC NULLS FIRST, "user_account"."id"
        "#]],
    );
    asked(
        select(User::fullname).order_by(User::fullname.asc().nulls_last()).limit(1_u8),
        expect![[r#"
        Some("Ed Jones")
        SELECT "user_account"."fullname" FROM "user_account" ORDER BY "user_account"."fullname" NULLS LAST LIMIT ? [1]
    "#]],
    );
    asked(
        select(User::id).order_by(User::id).order_by_none().order_by(-User::id).limit(2_usize).offset(1),
        expect![[r#"
            2
            1
            SELECT "user_account"."id" FROM "user_account" ORDER BY -"user_account"."id" LIMIT ? OFFSET ? [2, 1]
        "#]],
    );
}

#[test]
fn sql_by_hand() {
    asked(
        select((User::id, text::<String>("upper(name) || '?' || ?").bind("!")))
            .filter(text::<bool>("length(name) > ? -- why?").bind(2))
            .order_by(User::id),
        expect![[r#"
            (2, "JACK?!")
            (3, "MARY?!")
            SELECT "user_account"."id", upper(name) || '?' || ? FROM "user_account" WHERE length(name) > ? -- why?
             ORDER BY "user_account"."id" ['!', 2]
        "#]],
    );
    asked(
        select(func::custom::<i64>("unicode", (User::name,))).order_by(User::id),
        expect![[r#"
        101
        106
        109
        SELECT unicode("user_account"."name") FROM "user_account" ORDER BY "user_account"."id"
    "#]],
    );
}

#[test]
fn json_and_time() {
    asked(
        select((
            func::json_extract::<i64>(r#"{"a": [1, 2]}"#, "$.a[1]"),
            func::json_array_length("[1, 2, 3]", "$"),
            func::json_array((1, "x", User::name)),
            func::json_valid("{"),
            func::date("2026-11-26", ("+1 month",)),
            func::strftime("%Y", "2026-11-26", ()),
            func::unixepoch("1970-01-02", ()),
        ))
        .filter(User::id.eq(1)),
        expect![[r#"
            (Some(2), Some(3), "[1,\"x\",\"ed\"]", false, Some("2026-12-26"), Some("2026"), Some(86400))
            SELECT json_extract(?, ?), json_array_length(?, ?), json_array(?, ?, "user_account"."name"), json_valid(?), date(?, ?), strftime(?, ?), unixepoch(?) FROM "user_account" WHERE "user_account"."id" = ? ['{"a": [1, 2]}', '$.a[1]', '[1, 2, 3]', '$', 1, 'x', '{', '2026-11-26', '+1 month', '%Y', '2026-11-26', '1970-01-02', 1]
        "#]],
    );
    let tags = func::json_each(r#"["a", "b"]"#);
    asked(
        select((tags.column::<i64>("key"), tags.column::<String>("value"))).from(&tags),
        expect![[r#"
        (0, "a")
        (1, "b")
        SELECT "json_each"."key", "json_each"."value" FROM json_each(?) AS "json_each" ['["a", "b"]']
    "#]],
    );
}

#[test]
fn a_label_is_compared_as_what_it_names() {
    let total = func::count(Address::id).label("total");
    let name = User::name.label("called");
    let query = || select((User::name, &total)).outer_join(User::addresses).group_by(User::id);
    asked(
        query().having(total.gt(0) & total.le(5)).order_by((total.desc(), &name)),
        expect![[r#"
        ("ed", 2)
        ("jack", 1)
        SELECT "user_account"."name", count("address"."id") AS "total" FROM "user_account" LEFT JOIN "address" ON "user_account"."id" = "address"."user_id" GROUP BY "user_account"."id" HAVING count("address"."id") > ? AND count("address"."id") <= ? ORDER BY "total" DESC, "user_account"."name" [0, 5]
    "#]],
    );
    asked(
        query().having(total.in_([0, 2]) | total.is_null()).order_by(&total),
        expect![[r#"
        ("mary", 0)
        ("ed", 2)
        SELECT "user_account"."name", count("address"."id") AS "total" FROM "user_account" LEFT JOIN "address" ON "user_account"."id" = "address"."user_id" GROUP BY "user_account"."id" HAVING count("address"."id") IN (?, ?) OR count("address"."id") IS NULL ORDER BY "total" [0, 2]
    "#]],
    );
    asked(
        query().having((&total + 1).between(1, 2) & (-&total).ne(-1)).order_by(&total),
        expect![[r#"
        ("mary", 0)
        SELECT "user_account"."name", count("address"."id") AS "total" FROM "user_account" LEFT JOIN "address" ON "user_account"."id" = "address"."user_id" GROUP BY "user_account"."id" HAVING count("address"."id") + ? BETWEEN ? AND ? AND -count("address"."id") <> ? ORDER BY "total" [1, 1, 2, -1]
    "#]],
    );
    let long = User::name.eq("jack").label("long");
    asked(
        select((&name, &long)).filter(name.like("%e%") & !&long).filter(name.concat("!").ne("!")),
        expect![[r#"
            ("ed", false)
            SELECT "user_account"."name" AS "called", "user_account"."name" = ? AS "long" FROM "user_account" WHERE "user_account"."name" LIKE ? AND "user_account"."name" <> ? AND "user_account"."name" || ? <> ? ['jack', '%e%', 'jack', '!', '!']
        "#]],
    );
    let counted = query().subquery("counted");
    asked(
        select(counted.of(&total)).from(&counted).filter(counted.of(&total).ge(1)),
        expect![[r#"
        2
        1
        SELECT "counted"."total" FROM (SELECT "user_account"."name", count("address"."id") AS "total" FROM "user_account" LEFT JOIN "address" ON "user_account"."id" = "address"."user_id" GROUP BY "user_account"."id") AS "counted" WHERE "counted"."total" >= ? [1]
    "#]],
    );
}

#[test]
fn an_aggregate_reads_its_rows_in_an_order() {
    let names = func::group_concat(User::name, "+");
    asked(
        select((
            names.clone().order_by(User::name.desc()),
            names
                .clone()
                .order_by((User::fullname.asc().nulls_last(), User::id.desc()))
                .filter(User::id.lt(9)),
            func::group_concat(User::name, ",").order_by(User::fullname.is_null()).order_by(User::name),
        ))
        .limit(1),
        expect![[r#"
            (Some("mary+jack+ed"), Some("ed+mary+jack"), Some("ed,jack,mary"))
            SELECT group_concat("user_account"."name", ? ORDER BY "user_account"."name" DESC), group_concat("user_account"."name", ? ORDER BY "user_account"."fullname" NULLS LAST, "user_account"."id" DESC) FILTER (WHERE "user_account"."id" < ?), group_concat("user_account"."name", ? ORDER BY "user_account"."fullname" IS NULL, "user_account"."name") FROM "user_account" LIMIT ? ['+', '+', 9, ',', 1]
        "#]],
    );
}

#[test]
fn a_window_function_has_a_value_beyond_its_rows() {
    let by_id = || window().order_by(Address::id);
    let query = select((
        Address::id,
        func::lag_or(Address::id, 1, 0).over(by_id()),
        func::lead_or(Address::email, 2, "none").over(by_id()),
        func::lead_or(Address::id, 1, func::nullif(Address::id, 3)).over(by_id()),
    ));
    asked(
        query.order_by(Address::id),
        expect![[r#"
        (1, 0, "jack@x", Some(2))
        (2, 1, "none", Some(3))
        (3, 2, "none", None)
        SELECT "address"."id", lag("address"."id", ?, ?) OVER (ORDER BY "address"."id"), lead("address"."email", ?, ?) OVER (ORDER BY "address"."id"), lead("address"."id", ?, nullif("address"."id", ?)) OVER (ORDER BY "address"."id") FROM "address" ORDER BY "address"."id" [1, 0, 2, 'none', 1, 3]
    "#]],
    );
}
