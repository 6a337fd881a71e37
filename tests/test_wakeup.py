from newsletter.wakeup import Wakeup


def test_workers_are_woken_at_once_and_in_a_rush_only_so_often() -> None:
    woken: list[float] = []
    moments = [0.0]
    wake = Wakeup(lambda: woken.append(moments[-1]), seconds=0.5, clock=lambda: moments[-1])
    for moment in (0.0, 0.1, 0.49, 0.5, 0.6, 7.0):
        moments.append(moment)
        wake()
    assert woken == [0.0, 0.5, 7.0]
