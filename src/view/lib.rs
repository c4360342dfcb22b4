//! `view!`: markup in Rust that builds the document through `ui::dom`.
//!
//! Invariant: knows nothing but syntax. It accepts what `leptos::view!` accepts of plain elements, components,
//! text, blocks and fragments, with the attributes `class:name`, `style:name`, `style=(name, value)`, `prop:name`,
//! `on:event` and `node_ref`. Leptos' own macro makes a type of every element and a family of functions of every
//! type; that costs a page of this size a megabyte. This one makes calls of a few functions.
//!
//! Worked example: `view! { <p class="a">{text}</p> }` becomes
//! `{ let el = ui::dom::El::html("p"); el.attr("class", "a"); el.add(text); el.done() }`.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use rstml::node::{KeyedAttribute, Node, NodeAttribute, NodeBlock, NodeElement, NodeName};
use syn::{Block, Expr, Stmt};

/// Elements of SVG wherever they stand; `a` is one of SVG inside them.
const SVG: &[&str] = &[
    "svg", "g", "rect", "line", "text", "polyline", "polygon", "circle", "path", "use", "symbol",
];

/// Markup that builds a view.
#[proc_macro]
pub fn view(tokens: proc_macro::TokenStream) -> proc_macro::TokenStream {
    match rstml::parse2(tokens.into()) {
        Ok(roots) => nodes(&roots, false).into(),
        Err(error) => error.to_compile_error().into(),
    }
}

/// One view of several nodes.
fn nodes(all: &[Node], svg: bool) -> TokenStream {
    let views: Vec<TokenStream> = all.iter().filter_map(|one| node(one, svg)).collect();
    match views.as_slice() {
        [] => quote! { ::ui::dom::AnyView::empty() },
        [one] => one.clone(),
        many => quote! { ::ui::dom::AnyView::many(::std::vec![#(#many),*]) },
    }
}

fn node(node: &Node, svg: bool) -> Option<TokenStream> {
    Some(match node {
        Node::Element(element) => {
            if is_component(element.name()) {
                component(element, svg)
            } else {
                html(element, svg)
            }
        }
        Node::Fragment(fragment) => nodes(&fragment.children, svg),
        Node::Block(block) => {
            let content = content(block);
            quote! { ::ui::dom::IntoView::into_any(#content) }
        }
        Node::Text(text) => {
            let value = &text.value;
            quote! { ::ui::dom::text(#value) }
        }
        Node::RawText(text) => {
            let value = text.to_string_best();
            quote! { ::ui::dom::text(#value) }
        }
        Node::Comment(_) | Node::Doctype(_) | Node::Custom(_) => return None,
    })
}

fn is_component(name: &NodeName) -> bool {
    match name {
        NodeName::Path(path) => path
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident.to_string().starts_with(char::is_uppercase)),
        NodeName::Punctuated(_) | NodeName::Block(_) => false,
    }
}

/// A plain element.
fn html(element: &NodeElement<rstml::Infallible>, inside_svg: bool) -> TokenStream {
    let tag = plain(element.name());
    let svg = SVG.contains(&tag.as_str()) || (inside_svg && tag == "a");
    let start = if svg {
        quote! { ::ui::dom::El::svg(#tag) }
    } else {
        quote! { ::ui::dom::El::html(#tag) }
    };
    let attributes = element.attributes().iter().map(attribute);
    let children = element.children.iter().filter_map(|child| match child {
        Node::Text(text) => {
            let value = &text.value;
            Some(quote! { __el.text(#value); })
        }
        Node::Block(block) => {
            let content = content(block);
            Some(quote! { __el.add(#content); })
        }
        other => node(other, svg).map(|view| quote! { __el.put(#view); }),
    });
    quote! {
        {
            let __el = #start;
            #(#attributes)*
            #(#children)*
            __el.done()
        }
    }
}

/// What stands in braces; a single expression without them.
fn content(block: &NodeBlock) -> TokenStream {
    match block {
        NodeBlock::ValidBlock(inside) => unbraced(inside),
        NodeBlock::Invalid(_) => quote! { #block },
    }
}

fn unbraced(block: &Block) -> TokenStream {
    match block.stmts.as_slice() {
        [Stmt::Expr(expression, None)] => quote! { #expression },
        _ => quote! { #block },
    }
}

/// A name without the mark of raw identifiers.
fn plain(name: &NodeName) -> String {
    let text = name.to_string();
    text.strip_prefix("r#").map_or(text.clone(), str::to_owned)
}

fn attribute(attribute: &NodeAttribute) -> TokenStream {
    let NodeAttribute::Attribute(attribute) = attribute else {
        return quote! { compile_error!("a block cannot stand where an attribute stands"); };
    };
    let key = plain(&attribute.key);
    let value = value(attribute);
    if key == "node_ref" {
        return quote! { __el.node_ref(#value); };
    }
    if let (true, Some(Expr::Tuple(pair))) = (key == "style", attribute.value()) {
        let mut parts = pair.elems.iter();
        let (name, value) = (parts.next(), parts.next());
        return quote! { __el.style(#name, #value); };
    }
    match key.split_once(':') {
        Some(("class", name)) => quote! { __el.class(#name, #value); },
        Some(("style", name)) => quote! { __el.style(#name, #value); },
        Some(("prop", name)) => quote! { __el.prop(#name, #value); },
        Some(("on", name)) => {
            let event = format_ident!("{}", name);
            quote! { __el.on(::leptos::ev::#event, #value); }
        }
        Some(_) => quote! { compile_error!("unknown kind of attribute"); },
        None => quote! { __el.attr(#key, #value); },
    }
}

/// The value of an attribute; one without a value is simply there.
fn value(attribute: &KeyedAttribute) -> TokenStream {
    match attribute.value() {
        Some(value) => expression(value),
        None => quote! { true },
    }
}

fn expression(value: &Expr) -> TokenStream {
    match value {
        Expr::Block(block) if block.label.is_none() && block.attrs.is_empty() => unbraced(&block.block),
        other => quote! { #other },
    }
}

/// A component: its properties by name, its children as a function.
fn component(element: &NodeElement<rstml::Infallible>, svg: bool) -> TokenStream {
    let name = element.name();
    let properties = element.attributes().iter().map(|attribute| {
        let NodeAttribute::Attribute(attribute) = attribute else {
            return quote! { compile_error!("a block cannot stand where a property stands"); };
        };
        let key = &attribute.key;
        match attribute.value() {
            Some(value) => {
                let value = expression(value);
                quote! { .#key(#value) }
            }
            None => quote! { .#key(#key) },
        }
    });
    let children = (!element.children.is_empty()).then(|| {
        let inside = nodes(&element.children, svg);
        quote! { .children(::ui::dom::ToChildren::to_children(move || #inside)) }
    });
    quote! {
        ::ui::dom::IntoView::into_any(::leptos::component::component_view(
            #[allow(clippy::needless_borrows_for_generic_args)]
            &#name,
            ::leptos::component::component_props_builder(&#name)
                #(#properties)*
                #children
                .build(),
        ))
    }
}
