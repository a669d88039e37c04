"""`semblante learn`: model 2 learns one person from photos, on a trained network that stays as it is."""

from pathlib import Path
from typing import Annotated

import typer

from semblante.cli.screen import print_plain, progress_bar, remarks, results
from semblante.errors import BadSetting
from semblante.text import say

NAME = "learn"
HELP = say("Learn one person from photos, and say how well that person is told from others.")


def command(
    name: Annotated[str, typer.Argument(help=say("The person's name, in any script."), metavar="NAME")],
    out: Annotated[Path, typer.Option(help=say("The person file to write."))],
    base: Annotated[
        Path | None,
        typer.Option(help=say("A trained network's folder; by default the one that comes with Semblante.")),
    ] = None,
    me: Annotated[
        list[Path] | None,
        typer.Option(help=say("Photos of the person: a folder or pattern; may be repeated."), metavar="PATH"),
    ] = None,
    others: Annotated[
        list[Path] | None,
        typer.Option(
            help=say(
                "Photos of other people: likewise. Only needed where no strangers came with the network; "
                "best of all are people who look alike, such as brothers and sisters."
            ),
            metavar="PATH",
        ),
    ] = None,
    course: Annotated[
        Path | None,
        typer.Option(
            help=say("Instead of both: a folder with train/NAME, train/others and, if you like, validation.")
        ),
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help=say("Also write a report with pictures to this HTML file."))
    ] = None,
) -> None:
    """Learn, write the person file, and say how good it is."""
    from semblante.person import check_name, save
    from semblante.pipeline import PhotoSets, course_layout, learn, lesson_section, open_base
    from semblante.report import write_report
    from semblante.report.terminal import evidence_text

    if (course is None) == (me is None) or (course is not None and others is not None):
        raise BadSetting(
            say("Name the photos with --me and perhaps --others, or their common folder with --course")
        )
    name = check_name(name)
    photos = course_layout(course, name) if course else PhotoSets(me or [], others or [])
    bundle = open_base(base)
    with progress_bar(say("Looking at the photos")) as show:
        lesson = learn(name, photos, bundle, show)
    save(lesson.person, out)
    if report:
        write_report(report, [lesson_section(lesson)], bundle.manifest["licence"]["terms"])
    for photo in lesson.unusable:
        print_plain(remarks(), f"{photo.path}: {photo.reason}")
    print_plain(results(), evidence_text(lesson.person.evidence))
    for path in (out, report):
        if path:
            print_plain(results(), str(path))
    print_plain(remarks(), say(bundle.manifest["licence"]["text"]))
