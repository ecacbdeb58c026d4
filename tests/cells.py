"""A notebook's cells run in this process: what they show, without the seconds that a kernel takes to start."""

import ast
import contextlib
import io

import nbformat


def shown_by(path, **values):
    """What the cells of a notebook show as text, with these values for the names of its first cell."""
    first, *rest = (cell.source for cell in nbformat.read(path, 4).cells if cell.cell_type == "code")
    names, shown = {}, []
    exec(first, names)
    assert values.keys() <= names.keys()
    names |= values
    for source in rest:
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        with contextlib.redirect_stdout(io.StringIO()):  # what IPython shows where there is no notebook
            exec(compile(tree, path.name, "exec"), names)
            if last is not None:
                shown.append(repr(eval(compile(ast.Expression(last.value), path.name, "eval"), names)))
    return "\n".join(shown)
