// What a field is, its type says, not its spelling.
use orm::prelude::*;
use orm::IntoObj;

type Id = i64;
type Kids = Many<Node>;
type Maybe<T> = Option<T>;
type Parent = Maybe<One<Node>>;

#[derive(Mapped, Debug, Clone, Default, PartialEq)]
pub struct Node {
    #[column(primary_key)]
    pub id: Id,
    pub name: Maybe<String>,
    #[column(foreign_key = Self::id)]
    pub parent_id: Maybe<Id>,
    #[relationship(back_populates = "kids", remote_side = Self::id)]
    pub parent: Parent,
    #[relationship(back_populates = "parent")]
    pub kids: Kids,
    #[relationship(remote_side = Node::id, foreign_keys = Node::parent_id)]
    pub again: Option<One<Self>>,
}

fn main() {
    let _ = || -> orm::Result<()> {
        let node: Obj<Node> = Node::builder().id(1).name("root").kids([Node::builder()]).into_obj()?;
        let parent: Option<Obj<Node>> = node.parent()?;
        let kids: orm::Collection<Node> = node.kids();
        let name: Option<String> = node.name()?;
        node.set_parent(&parent)?;
        node.set_kids(Vec::<Obj<Node>>::new())?;
        drop((kids, name, Node::kids, Node::parent));
        Ok(())
    };
}
