//! What is loaded of objects, as text.

use orm::{AnyObj, Live, Obj, Related};

/// An object with what is loaded of its relationships, as far as they go: `User#1(addresses: [Address#1])`. Nothing is
/// loaded by asking.
pub fn tree<T: Live>(object: &Obj<T>) -> String {
    write(&Obj::any(object), &mut Vec::new())
}

fn write(object: &AnyObj, path: &mut Vec<AnyObj>) -> String {
    if path.contains(object) {
        return format!("{object:?}");
    }
    path.push(object.clone());
    let mut loaded = Vec::new();
    for relation in object.mapper().relations() {
        let shown = match object.peek_related(relation.name()).unwrap() {
            Related::NotLoaded => continue,
            Related::One(None) => "none".to_owned(),
            Related::One(Some(one)) => write(&one, path),
            Related::Many(many) => {
                let items: Vec<String> = many.iter().map(|item| write(item, path)).collect();
                format!("[{}]", items.join(", "))
            }
            Related::Keyed(items) => {
                let items: Vec<String> =
                    items.iter().map(|(key, item)| format!("{key}: {}", write(item, path))).collect();
                format!("{{{}}}", items.join(", "))
            }
        };
        loaded.push(format!("{}: {shown}", relation.name()));
    }
    path.pop();
    if loaded.is_empty() { format!("{object:?}") } else { format!("{object:?}({})", loaded.join(", ")) }
}
