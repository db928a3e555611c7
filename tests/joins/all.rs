//! Relationships by conditions of the user's own: each is loaded by every strategy, joined and asked for by every operator,
//! and all agree.

mod backref;
mod beyond;
mod composite;
mod conditions;
mod functions;
mod in_step;
mod itself;
mod keys;
mod kinds;
mod linked;
mod matrix;
mod overlapping;
mod own_rows;
mod post_update;
mod queries;
mod rows;
mod secondary;
mod several;
mod sides;
mod taken;
mod texts;
mod twice;
mod within;

/// What the joins and the operators of queries find of a relationship: pairs by a join, objects with any, the target's
/// rows of the first object, and those that have no such row. Then the statements of it.
#[macro_export]
macro_rules! each_operator {
    ($class:ident, $relation:ident, $target:ident, $test:ident, $db:expr) => {{
        let session = $db.session();
        let first = session.get::<$class>(1).unwrap().unwrap();
        $db.sql();
        let pairs = session
            .execute(
                select(($class::id, $target::id))
                    .from($class)
                    .join($class::$relation)
                    .order_by(($class::id, $target::id)),
            )
            .unwrap()
            .all()
            .unwrap();
        let any = select($class::id).filter($class::$relation.$test(())).order_by($class::id);
        let any = session.scalars(any).unwrap().all().unwrap();
        let of_first =
            select($target::id).filter(with_parent(&first, $class::$relation)).order_by($target::id);
        let of_first = session.scalars(of_first).unwrap().all().unwrap();
        let joined: Vec<i64> = pairs.iter().filter(|pair| pair.0 == 1).map(|pair| pair.1).collect();
        assert_eq!(of_first, joined, "with_parent");
        let mut with: Vec<i64> = pairs.iter().map(|pair| pair.0).collect();
        with.dedup();
        assert_eq!(any, with, "any");
        format!("{pairs:?}\n{}", $db.sql())
    }};
}
