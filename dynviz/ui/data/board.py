"""A run on the screen: headline, where the sentences stop, one closer look, the rows, and what to save."""

from functools import partial

import streamlit as st

from dynviz import figures
from dynviz.figures.wording import count, percent1, scored, verb
from dynviz.jobs import Job
from dynviz.ui.data import beside, difficulty, export, inbox, kinds, progress, rows, source, text, tokens, trust
from dynviz.ui.data.rows import EXIT, Selection
from dynviz.ui.data.view import DataView, look
from dynviz.ui.parts import heading, operating, show, sources
from dynviz.ui.parts import text as shared
from dynviz.ui.parts.naming import setting
from dynviz.ui.parts.panels import Panel, draw, style
from dynviz.ui.shell import state
from dynviz.ui.shell.shown import guarded, plain

EXITS = "data-exits"


def page(job: Job) -> None:
    """Everything about one job."""
    parts = progress.panel(job)
    choice = state.choice()
    view = look(job, parts, choice)
    _about(job, choice)
    if view is None:
        st.info(text.NOTHING_YET, icon=":material/hourglass:")
        return
    if view.n < job.about.total:
        st.caption(text.SO_FAR.format(n=count(view.n, "row")))
    headline(view)
    exits(view)
    options = list(text.VIEWS)
    at = st.segmented_control(
        text.VIEW, options, format_func=text.VIEWS.__getitem__, default="difficulty", key="look", bind="query-params", required=True
    )
    sections = {"difficulty": difficulty.section, "kinds": kinds.section, "inbox": inbox.section, "trust": trust.section}
    chosen: Selection | None = None
    with guarded():
        if at == "beside":
            beside.section(view)
        else:
            chosen = sections[at or "difficulty"](view)
    with guarded():
        rows.section(view, chosen)
        export.section(view)


def _about(job: Job, choice: state.Choice) -> None:
    """Whose run it is, and how it stands to the sidebar."""
    about = job.about
    title = next((c.config.title for e in state.entries().values() for c in e.members if c.name == about.checkpoint), about.checkpoint)
    said = text.RAN.format(title=plain(about.title), model=plain(title), digest=about.digest)
    st.caption(" ".join([said, plain(about.note), text.LINK]))
    if about.skipped:
        with st.expander(text.LEFT_OUT.format(n=count(about.left_out, "row")), icon=":material/rule:"):
            source.listed(about.skipped, about.left_out)
    if choice.checkpoint.name != about.checkpoint:
        st.info(text.OTHER_MODEL.format(model=plain(title)), icon=":material/info:")
        with st.container(horizontal=True):
            if any(about.checkpoint in (c.name for c in e.members) for e in state.entries().values()):
                use = partial(state.choose, about.checkpoint, about.knobs)
                st.button(text.USE_MODEL.format(model=plain(title)), key="data.use", on_click=use)
            _here(job, choice)
    elif not about.moves and dict(choice.settings) != dict(about.knobs):
        st.info(text.OTHER_SETTING.format(setting=plain(setting(about.checkpoint, about.knobs))), icon=":material/info:")
        _here(job, choice)


def _here(job: Job, choice: state.Choice) -> None:
    """The same rows once more, with what the sidebar shows."""
    same = choice.checkpoint.task.labels == job.about.labels
    name = f"{choice.checkpoint.config.title}, {setting(choice.checkpoint.name, choice.settings)}"
    if same and st.button(text.RUN_HERE.format(model=plain(name)), key="data.here", icon=":material/play_arrow:"):
        with guarded():
            source.begin(choice, job.about.title, job.store.rows(0, job.about.total), job.about.skipped)


def headline(view: DataView) -> None:
    """The finding in words, and four numbers."""
    sweep = view.sweep
    if (sweep.flops[1] == sweep.flops[0]).all():
        line = text.FULL_LINE
    elif view.labelled:
        right, full = scored(sweep.score[1], sweep.metric), percent1(sweep.score[0])
        line = text.LINE.format(score=right, full=full, verdict=operating.judged(sweep, 1))
    else:
        changed = int((sweep.predicted[1] != sweep.predicted[0]).sum())
        answers = count(len(sweep.rows.labels), "answer")
        line = text.BLIND_LINE.format(changed=f"{changed:,}", n=answers, differ=verb(changed, "differs", "differ"))
    said = operating.headline(sweep, 1, view.said(), view.labelled)
    heading.section(said)
    heading.told(said)
    st.markdown(line)
    operating.metrics(sweep, 1, view.labelled)
    lost = int((view.gathered.lost > 0).sum())
    if lost:
        limit = int(sweep.rows.lengths.max())
        st.caption(text.TOO_LONG.format(n=f"{count(lost, 'row')} {verb(lost, 'is', 'are')}", limit=limit))


def exits(view: DataView) -> None:
    """After which layer the sentences stop; a click on a bar filters the rows below."""
    heading.section(text.EXITS_TITLE, "exits")
    sweep, names = view.sweep, view.layers
    last = sweep.exits[1]
    if (last == sweep.layers).all():
        st.markdown(operating.no_exits(sweep, 1))
        if view.within:
            tokens.section(view)
        return
    chosen = st.session_state.get(EXIT)
    selected = names.index(chosen) + 1 if chosen in names else None
    fig = figures.exit_distribution(last, view.good, names, selected, style(), "", "", view.words, text.NOUN)
    finding = figures.exit_finding(last, view.good, names, view.words, text.NOUN)
    good, bad = view.words
    key = text.EXITS_KEY.format(good=good, bad=bad)
    table = partial(figures.exit_table, last, view.good, names, view.words)
    panel = Panel(EXITS, fig, finding, table, text.EXITS_HOW, text.EXITS_LIMITS, key=key, headed=True, source=sources.sweeps([sweep], 1))
    draw(panel, partial(_click, names))
    if view.tags:
        st.caption(shared.EXITS_TOKENS)
    if view.within:
        tokens.section(view)


def _click(names: tuple[str, ...]) -> None:
    if found := show.layer_clicked(EXITS, names):
        st.session_state[EXIT] = found
