//! Each way of loading a relationship, for tests that compare them.

/// How a relationship may be loaded along with its objects.
#[macro_export]
macro_rules! ways {
    ($relation:expr) => {
        [
            ("joined", ::orm::OptionOf::new(::orm::joined($relation))),
            ("selectin", ::orm::OptionOf::new(::orm::selectin($relation))),
            ("subquery", ::orm::OptionOf::new(::orm::subquery($relation))),
            ("immediate", ::orm::OptionOf::new(::orm::immediate($relation))),
            ("batch", ::orm::OptionOf::new(::orm::batch($relation))),
            ("lazy", ::orm::OptionOf::new(::orm::lazy($relation))),
        ]
    };
}

/// The objects of a class with a relationship of each, loaded in each way; they are all the same. The statements of each way.
#[macro_export]
macro_rules! each_way {
    ($class:ident, $relation:ident, $db:expr) => {{
        let mut told = String::new();
        let mut first: Option<Vec<String>> = None;
        for (name, option) in $crate::ways!($class::$relation) {
            let session = $db.session();
            $db.sql();
            let all = session
                .scalars(::orm::select($class).order_by($class::id).options(option))
                .unwrap()
                .all()
                .unwrap();
            for object in &all {
                ::orm::Obj::any(object).related(stringify!($relation)).unwrap();
            }
            let trees: Vec<String> = all.iter().map($crate::tree).collect();
            match &first {
                None => {
                    told.push_str(&format!("{}\n", trees.join("\n")));
                    first = Some(trees);
                }
                Some(first) => assert_eq!(first, &trees, "{name}"),
            }
            told.push_str(&format!("-- {name}\n{}", $db.sql()));
        }
        told
    }};
}
