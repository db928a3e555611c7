// Names that are keywords of Rust are columns and relationships like any other.
use orm::prelude::*;
use orm::IntoObj;

#[derive(Mapped)]
struct r#Type {
    #[column(primary_key)]
    id: i64,
    r#type: String,
    #[column(foreign_key = r#Type::id, name = "in")]
    r#in: Option<i64>,
    #[relationship(back_populates = "match", remote_side = Type::id)]
    r#loop: Option<One<r#Type>>,
    #[relationship(back_populates = "loop")]
    r#match: Many<Type>,
}

fn main() {
    let _ = || -> orm::Result<()> {
        let object = Type::builder().r#type("x").into_obj()?;
        object.set_type(object.r#type()?)?;
        object.set_loop(None)?;
        drop((object.r#loop()?, object.r#match(), Type::r#type, Type::r#match));
        Ok(())
    };
    assert_eq!(Type::r#type.attribute(), "type");
    assert_eq!(Type::r#in.column().name, "in");
}
