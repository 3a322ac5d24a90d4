//! The schema of the Metadata API, and a resolver for each of its fields.
//!
//! The types come from `schema.graphql`, read at start, so that a query is checked as Tableau
//! checks it. Resolvers know no type: a field is a value of an object, or an edge of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use async_graphql::dynamic::{
    Enum, Field, FieldFuture, FieldValue, InputObject, InputValue, Interface, InterfaceField,
    Object, ResolverContext, Scalar, Schema, TypeRef,
};
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Positioned, Value};

use super::connection::{self, Page};
use super::execution::Execution;
use super::graph::Index;

/// The types of the Metadata API that we know of.
pub(crate) const SDL: &str = include_str!("schema.graphql");

/// The schema without what this release `lacks`: `Type`, `Type.field` or `Enum.VALUE`.
pub(crate) fn build(lacks: &[String]) -> Schema {
    let types = read(SDL, lacks);
    let kinds = Kinds::of(&types);
    let mut builder = Schema::build("Query", None, None).limit_recursive_depth(64);
    for definition in &types {
        builder = match &definition.kind {
            TypeKind::Scalar => builder.register(Scalar::new(name(definition))),
            TypeKind::Enum(it) => {
                let values = it.values.iter().map(|it| it.node.value.node.to_string());
                builder.register(Enum::new(name(definition)).items(values))
            }
            TypeKind::InputObject(it) => {
                let start = InputObject::new(name(definition));
                let fields = it.fields.iter().map(input);
                builder.register(fields.fold(start, InputObject::field))
            }
            TypeKind::Interface(it) => {
                let start = Interface::new(name(definition));
                let fields = it.fields.iter().map(interface_field);
                builder.register(fields.fold(start, Interface::field))
            }
            TypeKind::Object(it) => {
                let start = Object::new(name(definition));
                let implements = it.implements.iter().map(|it| it.node.to_string());
                let start = implements.fold(start, Object::implement);
                let fields = it.fields.iter();
                let fields = fields.map(|field| kinds.field(name(definition), &field.node));
                builder.register(fields.fold(start, Object::field))
            }
            TypeKind::Union(_) => panic!("the schema has no unions"),
        };
    }
    builder.finish().expect("schema.graphql is a schema")
}

/// The types of an SDL, without those that are lacking and all that leads to them.
pub(crate) fn read(sdl: &str, lacks: &[String]) -> Vec<TypeDefinition> {
    let document = async_graphql::parser::parse_schema(sdl).expect("schema.graphql parses");
    let is_lacking = |it: &str| lacks.iter().any(|lacking| lacking == it);
    let mut types = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let mut definition = definition.node;
        let owner = definition.name.node.to_string();
        if is_lacking(&owner) {
            continue;
        }
        let is_kept = |field: &str| !is_lacking(&format!("{owner}.{field}"));
        match &mut definition.kind {
            TypeKind::Object(it) => it
                .fields
                .retain(|it| is_kept(&it.node.name.node) && !is_lacking(base(&it.node.ty.node))),
            TypeKind::Interface(it) => it.fields.retain(|it| is_kept(&it.node.name.node)),
            TypeKind::InputObject(it) => it.fields.retain(|it| is_kept(&it.node.name.node)),
            TypeKind::Enum(it) => it.values.retain(|it| is_kept(&it.node.value.node)),
            TypeKind::Scalar | TypeKind::Union(_) => (),
        }
        types.push(definition);
    }
    types
}

fn name(definition: &TypeDefinition) -> &str {
    &definition.name.node
}

/// The named type inside lists and `!`.
pub(crate) fn base(of: &Type) -> &str {
    match &of.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}

fn type_ref(of: &Type) -> TypeRef {
    let inner = match &of.base {
        BaseType::Named(name) => TypeRef::named(name.to_string()),
        BaseType::List(inner) => TypeRef::List(Box::new(type_ref(inner))),
    };
    match of.nullable {
        true => inner,
        false => TypeRef::NonNull(Box::new(inner)),
    }
}

fn input(of: &Positioned<InputValueDefinition>) -> InputValue {
    InputValue::new(of.node.name.node.as_str(), type_ref(&of.node.ty.node))
}

fn interface_field(of: &Positioned<FieldDefinition>) -> InterfaceField {
    let field = InterfaceField::new(of.node.name.node.as_str(), type_ref(&of.node.ty.node));
    of.node
        .arguments
        .iter()
        .map(input)
        .fold(field, InterfaceField::argument)
}

/// Which types are walked to, and which are read.
struct Kinds {
    objects: BTreeSet<String>,
    interfaces: BTreeSet<String>,
    /// Element type by connection type.
    connections: BTreeMap<String, String>,
}

impl Kinds {
    fn of(types: &[TypeDefinition]) -> Self {
        let mut kinds = Self {
            objects: BTreeSet::new(),
            interfaces: BTreeSet::new(),
            connections: BTreeMap::new(),
        };
        for definition in types {
            let name = name(definition).to_owned();
            match &definition.kind {
                TypeKind::Interface(_) => drop(kinds.interfaces.insert(name)),
                TypeKind::Object(it)
                    if name.ends_with("Connection") && name != "VirtualConnection" =>
                {
                    let mut fields = it.fields.iter();
                    let nodes = fields.find(|it| it.node.name.node == "nodes");
                    let nodes = nodes.expect("a connection has nodes");
                    let element = base(&nodes.node.ty.node).to_owned();
                    kinds.connections.insert(name, element);
                }
                TypeKind::Object(_) => drop(kinds.objects.insert(name)),
                _ => (),
            }
        }
        kinds
    }

    /// A field with its resolver.
    fn field(&self, owner: &str, of: &FieldDefinition) -> Field {
        let field_name = of.name.node.to_string();
        let target = base(&of.ty.node).to_owned();
        let ty = type_ref(&of.ty.node);
        let field = if let Some(element) = self.connections.get(&target) {
            let (field_name, element) = (field_name, element.clone());
            let is_root = owner == "Query";
            Field::new(field_name.clone(), ty, move |ctx| {
                page(&ctx, is_root.then_some(element.as_str()), &field_name)
            })
        } else if self.connections.contains_key(owner) || owner == "PageInfo" {
            Field::new(field_name.clone(), ty, move |ctx| {
                of_page(&ctx, &field_name)
            })
        } else if self.objects.contains(&target) || self.interfaces.contains(&target) {
            let is_list = matches!(of.ty.node.base, BaseType::List(_));
            let is_interface = self.interfaces.contains(&target);
            Field::new(field_name.clone(), ty, move |ctx| {
                edges(&ctx, &field_name, is_list, is_interface)
            })
        } else {
            Field::new(field_name.clone(), ty, move |ctx| value(&ctx, &field_name))
        };
        of.arguments.iter().map(input).fold(field, Field::argument)
    }
}

fn execution<'a>(ctx: &ResolverContext<'a>) -> &'a Arc<Execution> {
    ctx.ctx.data_unchecked()
}

fn parent(ctx: &ResolverContext<'_>) -> Index {
    *ctx.parent_value
        .downcast_ref()
        .expect("every parent is an object of the graph")
}

fn value<'a>(ctx: &ResolverContext<'a>, field: &str) -> FieldFuture<'a> {
    let value = execution(ctx).value(parent(ctx), field);
    FieldFuture::from_value(value.and_then(|it| Value::from_json(it.clone()).ok()))
}

fn edges<'a>(
    ctx: &ResolverContext<'a>,
    field: &str,
    is_list: bool,
    is_interface: bool,
) -> FieldFuture<'a> {
    let execution = execution(ctx);
    let node = |it: Index| node(execution, it, is_interface);
    if is_list {
        let found = execution.edges(parent(ctx), field);
        return FieldFuture::Value(Some(FieldValue::list(found.into_iter().map(node))));
    }
    FieldFuture::Value(execution.edge(parent(ctx), field).map(node))
}

fn node<'a>(execution: &Execution, index: Index, is_interface: bool) -> FieldValue<'a> {
    let value = FieldValue::owned_any(index);
    match is_interface {
        true => value.with_type(execution.graph.objects[index].kind.clone()),
        false => value,
    }
}

fn page<'a>(ctx: &ResolverContext<'a>, root: Option<&str>, field: &str) -> FieldFuture<'a> {
    let execution = execution(ctx).clone();
    let arguments = ctx.args.as_index_map();
    let among = match root {
        Some(kind) => execution.graph.of_kind(kind).to_vec(),
        None => {
            let edge = field.trim_end_matches("Connection");
            execution.graph.linked(parent(ctx), edge)
        }
    };
    let page = connection::page(&execution, field, among, arguments);
    FieldFuture::new(async move { page.map(|it| it.map(FieldValue::owned_any)) })
}

/// A field of a page, or of its `pageInfo`.
fn of_page<'a>(ctx: &ResolverContext<'a>, field: &str) -> FieldFuture<'a> {
    let page: &Page = ctx
        .parent_value
        .downcast_ref()
        .expect("the parent of nodes is a page");
    let value = match field {
        "nodes" => {
            let nodes = page.nodes.iter().copied();
            Some(FieldValue::list(nodes.map(FieldValue::owned_any)))
        }
        "pageInfo" => Some(FieldValue::owned_any(page.clone())),
        "totalCount" => Some(FieldValue::value(page.n_total)),
        "hasNextPage" => Some(FieldValue::value(page.has_next)),
        "endCursor" => page.end_cursor.clone().map(FieldValue::value),
        _ => None,
    };
    FieldFuture::Value(value)
}
